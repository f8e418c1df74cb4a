"""Money that shoppers have with the shop: store credit and gift cards that pay a purchase or a part of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from payments.services import gift_cards, store_credit
from tests.stateful.stage import PICK, Stage, step

QUARTERS = 4


@dataclass(frozen=True)
class Wanted:
    """Who buys (two members, else a guest) which goods, how many of each, and pays with so many points of a member's.

    `card` and `credit` are the quarters of the rest that a gift card and store credit pay. `gateway` is where they pay the rest, and
    `far` how far the orders go at once: paid, sent, received.
    """

    who: int
    what: list[int]
    quantity: int = 1
    points: int = 0
    card: int = 0
    credit: int = 0
    gateway: str = "sandbox"
    far: int = 0


class Credit(Stage):
    def uses(self, wanted: Wanted, user: Any, total_minor: int) -> list[tuple[uuid.UUID, int]]:
        """Owner of credit and minor units, the store credit first, as it is spent."""
        on_card = total_minor * wanted.card // QUARTERS
        is_all = wanted.card + wanted.credit >= QUARTERS
        on_credit = total_minor - on_card if is_all else total_minor * wanted.credit // QUARTERS
        uses = [(user.pk, on_credit)] if user and wanted.credit else []
        return [(owner, minor) for owner, minor in [*uses, (self.cards[wanted.who % 2], on_card)] if minor]

    @step(who=st.integers(0, 1), minor=st.sampled_from([500, 2_500, -500, -6_000, 0]))
    def the_operator_grants_credit(self, who: int, minor: int) -> None:
        """Or takes some back, if it is there."""
        user = self.members[who]
        store_credit.grant(user_id=user.pk, amount_minor=minor, currency="USD", reason="so", actor="operator:1", at=self.now)
        self.model.credit_given[user.pk] += minor

    @step(who=st.integers(0, 1), pick=PICK)
    def load_a_card(self, who: int, pick: int) -> None:
        """All that is on a gift card becomes store credit."""
        card, user = self.cards[pick % 2], self.members[who]
        on_card = self.model.credit()[card]
        assert gift_cards.load(card_id=card, user_id=user.pk, at=self.now) == on_card
        self.model.credit_given[card] -= on_card
        self.model.credit_given[user.pk] += on_card
