"""What is beside the button that places an order: goods, delivery, points, gift cards, store credit, and what is left to pay."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from core.money import charge_step, in_steps
from loyalty import rules as loyalty
from loyalty.selectors import balance
from orders.selectors import CartView
from orders.services.credits import CreditWish
from payments.selectors.credit import credit_balance
from payments.services import gift_cards
from payments.services.gift_cards import CardView
from storefront.baskets import member
from storefront.currencies import current

CARDS_KEY = "gift_cards"
MOST_CARDS = 5


@dataclass(frozen=True)
class Offer:
    """Points the member may use here and what they are worth."""

    points: int
    value_minor: int
    total_minor: int


@dataclass(frozen=True)
class AppliedCard:
    """A gift card whose code was entered and what it pays here."""

    card: CardView
    amount_minor: int


@dataclass(frozen=True)
class Chosen:
    """What the shopper has ticked: points, and their store credit."""

    points: int = 0
    credit: bool = False


@dataclass(frozen=True)
class Credits:
    """What gift cards and store credit pay of a total. `balance_minor` is all of the member's credit in this currency."""

    cards: Sequence[AppliedCard] = ()
    balance_minor: int = 0
    credit_minor: int = 0

    @property
    def total_minor(self) -> int:
        return self.credit_minor + sum(applied.amount_minor for applied in self.cards)

    @property
    def wishes(self) -> list[CreditWish]:
        cards = [CreditWish(applied.amount_minor, applied.card.card_id) for applied in self.cards if applied.amount_minor]
        return [*cards, *([CreditWish(self.credit_minor)] if self.credit_minor else [])]


@dataclass(frozen=True)
class Summary:
    """`whole_minor` is the total without points; `total_minor` with them; `due_minor` what is left for a tender."""

    cart: CartView
    offer: Offer | None
    chosen: Chosen
    credits: Credits
    points_minor: int

    @property
    def whole_minor(self) -> int:
        return self.cart.total_minor

    @property
    def total_minor(self) -> int:
        return self.cart.total_minor - self.points_minor

    @property
    def due_minor(self) -> int:
        return self.total_minor - self.credits.total_minor


def summarise(request: HttpRequest, view: CartView, chosen: Chosen) -> Summary:
    """The whole sum for this visitor; points they may not use are left out."""
    user = member(request)
    offer = offer_of(user, view)
    points_minor = offer.value_minor if offer is not None and chosen.points == offer.points else 0
    credits = credits_for(request, user, view.total_minor - points_minor, view.currency, use_credit=chosen.credit, with_balance=True)
    return Summary(view, offer, chosen, credits, points_minor)


def offer_of(user: User | None, view: CartView) -> Offer | None:
    if user is None:
        return None
    points = loyalty.max_points(view.goods_minor, balance(user.pk, timezone.now()), conversion=current())
    worth = loyalty.value_minor(points, conversion=current())
    return Offer(points, worth, view.total_minor - worth) if points else None


def credits_for(
    request: HttpRequest, user: User | None, total_minor: int, currency: str, *, use_credit: bool, with_balance: bool = False
) -> Credits:
    """What pays of a total: the gift cards of this session in the order they were entered, then store credit where it is wanted.

    Each pays in steps, because what is left is charged to a card. Without cards and the wish nothing is asked of the database unless
    the balance is to be shown.
    """
    rest, applied, step = total_minor, [], charge_step(currency)
    for card in gift_cards.usable(card_ids=kept_cards(request), currency=currency):
        applied.append(AppliedCard(card, in_steps(min(card.balance_minor, rest), step)))
        rest -= applied[-1].amount_minor
    has = credit_balance(user.pk, currency) if user is not None and (use_credit or with_balance) else 0
    return Credits(applied, has, in_steps(min(has, rest), step) if use_credit else 0)


def kept_cards(request: HttpRequest) -> list[uuid.UUID]:
    """Gift cards whose codes were entered in this session. The code itself is kept nowhere."""
    return [uuid.UUID(card_id) for card_id in request.session.get(CARDS_KEY, [])]


def keep_card(request: HttpRequest, card: CardView) -> None:
    """Remember a card for this session; the oldest of five is forgotten."""
    kept = [card_id for card_id in request.session.get(CARDS_KEY, []) if card_id != str(card.card_id)]
    request.session[CARDS_KEY] = [*kept, str(card.card_id)][-MOST_CARDS:]


def forget_cards(request: HttpRequest, only: str = "") -> None:
    """Forget one card of this session, or all of them."""
    kept = request.session.get(CARDS_KEY, [])
    rest = [card_id for card_id in kept if only and card_id != only]
    if rest:
        request.session[CARDS_KEY] = rest
    elif kept:
        del request.session[CARDS_KEY]
