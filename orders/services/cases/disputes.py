"""A refused case goes to the marketplace: both sides say their piece, the operator decides."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import get_language

from catalog.rules.texts import storable
from core.money import Money
from orders import case_rules as rules
from orders.errors import AmountNotAllowed, TextMissing
from orders.models import AfterSalesCase, CaseVerdict
from orders.services.cases.moves import end, locked_case, move, must_be, refuse_odd, return_address
from orders.services.cases.settling import pay_back
from orders.services.cases.statements import LONGEST, say
from orders.states import CaseStatus, Verdict


@transaction.atomic
def escalate(*, case_id: uuid.UUID, text: str, photos: Sequence[bytes] = (), actor: str, at: dt.datetime) -> AfterSalesCase:
    """The shopper asks the marketplace to decide. Both sides may add evidence for some days.

    Raises:
        CaseNotFound, IllegalTransition
        TextMissing: without saying why.
        TooManyPhotos, InvalidPicture: the pictures.
    """
    case = locked_case(case_id)
    must_be(case, CaseStatus.REFUSED, CaseStatus.OFFERED)
    if not text.strip():
        raise TextMissing
    say(case, text, photos, actor=actor, at=at)
    terms = rules.current_terms()
    until = at + terms.evidence
    move(case, CaseStatus.ESCALATED, actor=actor, at=at, escalated_at=at, evidence_until=until, due_at=until + terms.verdict)
    return case


@transaction.atomic
def decide(
    *,
    case_id: uuid.UUID,
    outcome: str,
    reason: str,
    actor: str,
    at: dt.datetime,
    amount_minor: int | None = None,
    goods_back: bool = False,
) -> AfterSalesCase:
    """The operator's verdict, once per case, with a reason both sides read.

    For the shopper the money goes back at once, or after the goods have (`goods_back`). For the merchant the case is closed; a
    deduction that was offered for goods which are back stands, and the rest is paid.

    Args:
        amount_minor: for a verdict in part, how much the shopper gets.

    Raises:
        CaseNotFound, IllegalTransition
        TextMissing: without a reason.
        AmountNotAllowed: in part, but not between nothing and all that was asked.
        AmountNotInSteps: a card cannot be refunded so much of this currency.
    """
    case = locked_case(case_id)
    must_be(case, CaseStatus.ESCALATED)
    if not reason.strip():
        raise TextMissing
    amount = _granted(case, Verdict(outcome), amount_minor)
    waits_for_goods = goods_back and case.received_at is None and case.goods_come_back and amount > 0
    CaseVerdict.objects.create(
        case=case,
        outcome=outcome,
        amount_minor=amount,
        goods_back=waits_for_goods,
        reason=storable(reason).strip()[:LONGEST],
        actor=actor,
        created_at=at,
    )
    move(case, CaseStatus.VERDICT, actor=actor, at=at, reason=outcome, due_at=at)
    _carry_out(case, amount, waits_for_goods=waits_for_goods, actor=actor, at=at)
    return case


def _granted(case: AfterSalesCase, outcome: Verdict, amount_minor: int | None) -> int:
    if outcome == Verdict.SHOPPER:
        return case.asked_minor
    if outcome == Verdict.MERCHANT:
        return (case.agreed_minor or 0) if case.received_at is not None else 0
    if amount_minor is None or not 0 < amount_minor < case.asked_minor:
        raise AmountNotAllowed(most=Money(case.asked_minor, case.currency).format(get_language() or "en"))
    refuse_odd(case, amount_minor)
    return amount_minor


def _carry_out(case: AfterSalesCase, amount: int, *, waits_for_goods: bool, actor: str, at: dt.datetime) -> None:
    goods, shipping = rules.shared(amount, [case.asked_minor - case.asked_shipping_minor, case.asked_shipping_minor], case.currency)
    case.agreed_minor, case.agreed_shipping_minor = goods + shipping, shipping
    case.save(update_fields=["agreed_minor", "agreed_shipping_minor"])
    if waits_for_goods:
        # A disputed exchange or repair is settled with money; nobody is made to trade on with each other.
        due_at = at + rules.current_terms().send_back
        home = return_address(case)[:300]
        move(case, CaseStatus.APPROVED, actor=actor, at=at, reason="verdict", kind="return", due_at=due_at, return_to=home)
    elif amount:
        pay_back(case, actor=actor, at=at, reason="verdict")
    else:
        end(case, CaseStatus.CLOSED, actor=actor, at=at, reason="verdict")
