"""Stripe, and shoppers' banks that take payments back, for a while or for good; it tells that often and in any order."""

from __future__ import annotations

import time
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition

from payments.models import PaymentAttempt
from payments.services import inbox, provider_disputes
from payments.services import refunds as payment_refunds
from tests.provider_double.client import SECRET
from tests.provider_double.messages import signature
from tests.stateful.stage import PICK, Stage, step

KINDS = ["charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed"]


def signed_by_stripe(body: bytes) -> dict[str, str]:
    return {"Stripe-Signature": signature(body, SECRET, int(time.time()))}


class Banks(Stage):
    def __init__(self) -> None:
        super().__init__()
        self.messages: list[tuple[str, bytes]] = []
        self.disputes: list[str] = []

    def answer_at_stripe(self, attempt: PaymentAttempt, decision: str) -> None:
        """Its page is gone once it was paid or closed; a card that was declined there may be followed by another."""
        (page,) = self.double.sessions(attempt_id=attempt.pk)
        if page["status"] != "open":
            return
        if decision == "decline":
            self.double.decline(page["id"])
            return
        self.double.pay(page["id"])
        self.model.purchases[attempt.reference].approved[attempt.pk] = page["amount_total"]
        self.messages.append(("stripe", self.double.message(page["id"], "checkout.session.completed")[1]))

    def _disputable(self) -> list[PaymentAttempt]:
        """Payments of Stripe's that were taken for a purchase; of others nothing is known that could be disputed."""
        paid = [purchase.id for purchase in self.model.purchases.values() if purchase.status == "paid"]
        return list(PaymentAttempt.objects.filter(reference__in=paid, gateway="stripe", status="succeeded").order_by("-pk"))

    @precondition(lambda self: self._disputable())
    @step(pick=PICK, part=st.sampled_from([1, 1, 2, 3]), told=st.lists(st.sampled_from(KINDS[:2]), max_size=3), swept=st.booleans())
    def a_bank_takes_a_payment_back(self, pick: int, part: int, told: list[str], swept: bool) -> None:
        """All that is left of it or a part, and the shop hears of it at once, from a message or from its own sweep."""
        payment_refunds.send_refunds(at=self.now)
        attempts = self._disputable()
        attempt = attempts[pick % len(attempts)]
        (charge,) = self.double.charges(attempt_id=attempt.pk)
        mine = [row["amount"] for row in self.double.rows("dispute", parent=charge["id"]) if row["status"] != "won"]
        left = charge["amount"] - charge["amount_refunded"] - sum(mine)
        if left < part:
            return
        name = self.double.dispute(attempt.pk, amount=left // part)["id"]
        self.disputes.append(name)
        self._make_known(name, told, swept=swept)

    @precondition(lambda self: self.disputes)
    @step(pick=PICK, end=st.sampled_from(["won", "lost", "lost"]), told=st.lists(st.sampled_from(KINDS), max_size=4), swept=st.booleans())
    def a_bank_decides(self, pick: int, end: str, told: list[str], swept: bool) -> None:
        name = self.disputes[-1 - pick % len(self.disputes)]
        if self._at_stripe(name)["status"] in {"won", "lost"}:
            return
        self.double.close_dispute(name, end)
        self._make_known(name, told, swept=swept)

    @precondition(lambda self: self.disputes)
    @step(pick=PICK, told=st.lists(st.sampled_from(KINDS), min_size=1, max_size=3))
    def stripe_tells_again(self, pick: int, told: list[str]) -> None:
        self._tell(self.disputes[-1 - pick % len(self.disputes)], told)

    def _make_known(self, name: str, told: list[str], *, swept: bool) -> None:
        """By messages or by the shop's own sweep, which looks back some days only, and Stripe does not live by our clock."""
        is_near = self.ahead < provider_disputes.LOOK_BACK
        self._tell(name, told if told or is_near else KINDS)
        if is_near and (swept or not told):
            provider_disputes.sweep_disputes(at=self.now)

    def _at_stripe(self, name: str) -> Any:
        return next(row for row in self.double.rows("dispute") if row["id"] == name)

    def _tell(self, name: str, kinds: list[str]) -> None:
        """Those of the messages that there are by now."""
        known = {row["type"] for row in self.double.rows("event", parent=name)}
        for kind in kinds:
            if kind in known:
                body = self.double.message(name, kind)[1]
                inbox.receive_webhook(gateway="stripe", headers=signed_by_stripe(body), body=body, at=self.now)
        inbox.process_inbox(at=self.now)
