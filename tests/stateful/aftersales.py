"""What can go wrong after the parcel has left: cases with all their answers, parts of orders given back, disputes; and paying merchants."""

from __future__ import annotations

import uuid
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition

from logistics import services as logistics
from orders.models import AfterSalesCase, CaseLine, MerchantOrder, OrderLine
from orders.services import returns_of_money
from orders.services.cases import answers, deadlines, disputes, opening, receiving, sending
from orders.services.cases.opening import Complaint, Wish
from orders.services.cases.receiving import Count
from orders.services.returns_of_money import Part
from payments.models import PayoutSchedule
from payments.services import payouts
from payments.services.payout_schedules import schedule_for
from tests.stateful.stage import PICK, Stage, step

OPEN = ("requested", "offered", "approved", "sent_back", "received", "refused", "escalated", "replaced", "repaired")
SHOPPER, MERCHANT, OPERATOR = "shopper:guest", "merchant:1", "operator:1"


class AfterSales(Stage):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[dict[str, Any]] = []

    @precondition(lambda self: self.model.purchases)
    @step(
        pick=PICK,
        kind=st.sampled_from(["return", "return", "exchange", "exchange", "repair", "refund_only", "cancellation"]),
        reason=st.sampled_from(["faulty", "faulty", "withdrawal", "not_arrived", "changed_mind"]),
        pieces=st.integers(1, 2),
        twice=st.booleans(),
    )
    def complain(self, pick: int, kind: str, reason: str, pieces: int, twice: bool) -> None:
        order = self.some_order(pick)
        lines = OrderLine.objects.filter(order=order).order_by("pk")[: 1 + pick % 2]
        wishes = [Wish(line.pk, min(pieces, line.quantity)) for line in lines]
        complaint = Complaint(uuid.uuid4(), kind, reason, wishes, "It does not switch on.")
        for _ in range(1 + twice):
            opening.open_case(order_id=order, complaint=complaint, actor=SHOPPER, at=self.now)

    def _cases(self) -> list[AfterSalesCase]:
        return list(AfterSalesCase.objects.filter(order__checkout__in=self.model.purchases, status__in=OPEN).order_by("-opened_at", "pk"))

    @precondition(lambda self: self._cases())
    @step(pick=PICK, how=st.sampled_from(["approve", "approve", "keeps the goods", "refuse", "offer"]))
    def answer_a_case(self, pick: int, how: str) -> None:
        case = self._some_case(pick, "requested")
        if how == "refuse":
            answers.refuse(case_id=case.pk, reason="It was fine.", actor=MERCHANT, at=self.now)
        elif how == "offer":
            answers.offer(case_id=case.pk, amount_minor=1 + case.asked_minor // 3, reason="Scratched.", actor=MERCHANT, at=self.now)
        else:
            answers.approve(case_id=case.pk, keeps_goods=how != "approve", actor=MERCHANT, at=self.now)

    @precondition(lambda self: self._cases())
    @step(pick=PICK, how=st.sampled_from(["accept", "decline", "withdraw", "escalate", "escalate"]))
    def go_on_with_a_case(self, pick: int, how: str) -> None:
        case = self._some_case(pick)
        if how == "accept":
            answers.accept_offer(case_id=case.pk, actor=SHOPPER, at=self.now)
        elif how == "decline":
            answers.decline_offer(case_id=case.pk, actor=SHOPPER, at=self.now)
        elif how == "withdraw":
            answers.withdraw_case(case_id=case.pk, actor=SHOPPER, at=self.now)
        else:
            disputes.escalate(case_id=case.pk, text="It was broken.", actor=SHOPPER, at=self.now)

    @precondition(lambda self: self._cases())
    @step(pick=PICK, missing=st.sampled_from([0, 0, 1]), grade=st.sampled_from(["a", "a", "b"]), deduction=st.sampled_from([0, 0, 99]))
    def send_goods_back(self, pick: int, missing: int, grade: str, deduction: int) -> None:
        """The parcel goes and is counted; what is as new goes on the shelf again."""
        case = self._some_case(pick, "approved", "sent_back")
        if case.status == "approved":
            sending.send_back(case_id=case.pk, carrier="SF", tracking_number=f"BACK{case.number}", actor=SHOPPER, at=self.now)
        counts = []
        for line in CaseLine.objects.filter(case=case).order_by("pk"):
            came = max(line.quantity - missing, 0)
            counts.append(Count(line.pk, came, grade, came if grade == "a" else 0))
        receiving.receive(case_id=case.pk, counts=counts, actor=MERCHANT, at=self.now, deduction_minor=deduction, reason="Worn.")

    @precondition(lambda self: self._cases())
    @step(pick=PICK, instead=st.sampled_from(["goods", "goods", "money"]), number=st.sampled_from(["NEW1", "NEW1", "NEW2"]))
    def put_it_right(self, pick: int, instead: str, number: str) -> None:
        """What came back is replaced or repaired, or paid back after all."""
        case = self._some_case(pick, "received")
        if instead == "money":
            receiving.refund_instead(case_id=case.pk, actor=MERCHANT, at=self.now)
        else:
            sending.send_replacement(case_id=case.pk, carrier="SF", tracking_number=number, actor=MERCHANT, at=self.now)

    @precondition(lambda self: self._cases())
    @step(pick=PICK)
    def a_parcel_of_a_case_arrives(self, pick: int) -> None:
        """At the merchant's, or the shopper's, whose case that ends."""
        logistics.deliver(reference=self._some_case(pick, "sent_back", "replaced", "repaired").pk, actor="system:carrier", at=self.now)

    @precondition(lambda self: self._cases())
    @step(pick=PICK, outcome=st.sampled_from(["shopper", "merchant", "part"]), goods_back=st.booleans())
    def give_a_verdict(self, pick: int, outcome: str, goods_back: bool) -> None:
        case = self._some_case(pick)
        amount = 1 + case.asked_minor // 2 if outcome == "part" else None
        disputes.decide(
            case_id=case.pk, outcome=outcome, reason="The photos.", actor=OPERATOR, at=self.now, amount_minor=amount, goods_back=goods_back
        )

    @step()
    def nobody_answers_cases(self) -> None:
        """By the clock that the sweep is given: whatever is due by now goes on by itself."""
        deadlines.sweep_cases(at=self.now)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK, third=st.integers(0, 3), shipping=st.sampled_from([0, 0, 100, 500]))
    def give_a_part_back(self, pick: int, third: int, shipping: int) -> None:
        """The operator, for no better reason; parts of nothing and of everything too."""
        order = MerchantOrder.objects.get(pk=self.some_order(pick))
        line = OrderLine.objects.filter(order=order).order_by("pk")[0]
        part = Part(line.pk, 0, line.total_minor * third // 3)
        given = {
            "order_id": order.pk,
            "cause": uuid.uuid4(),
            "parts": [part],
            "shipping_minor": shipping,
            "actor": OPERATOR,
            "reason": "so",
        }
        returns_of_money.refund_part(**given, at=self.now)
        self.parts.append(given)

    @precondition(lambda self: self.parts)
    @step(pick=PICK)
    def give_the_same_part_back_again(self, pick: int) -> None:
        returns_of_money.refund_part(**self.parts[-1 - pick % len(self.parts)], at=self.now)

    @step(who=st.integers(0, 1), times=st.integers(1, 2))
    def payday(self, who: int, times: int) -> None:
        """A merchant's period ends; the sweep runs once or twice."""
        schedule = schedule_for(merchant_id=self.goods[who].merchant_id, at=self.now)
        PayoutSchedule.objects.filter(pk=schedule.pk).update(next_payout_at=self.now)
        for _ in range(times):
            payouts.run_payouts(at=self.now)

    def _some_case(self, pick: int, *statuses: str) -> AfterSalesCase:
        """One with such a status where there is one, and not always."""
        cases = self._cases()
        fitting = [case for case in cases if case.status in statuses]
        chosen = fitting if fitting and pick else cases
        return chosen[pick % len(chosen)]
