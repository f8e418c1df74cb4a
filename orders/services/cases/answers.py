"""The merchant's answer, and the shopper's to an offer."""

import datetime as dt
import uuid

from django.db import transaction
from django.utils.translation import get_language

from core.money import Money
from logistics import services as logistics
from logistics.errors import NotServed, OutOfStock
from orders import case_rules as rules
from orders.errors import AmountNotAllowed, TextMissing
from orders.models import AfterSalesCase, CaseLine
from orders.services import cancellation
from orders.services.cases.moves import end, locked_case, move, must_be, refuse_odd, return_address
from orders.services.cases.settling import pay_back
from orders.services.cases.statements import say
from orders.services.replanning import destination_of
from orders.states import CaseKind, CaseStatus


@transaction.atomic
def approve(
    *,
    case_id: uuid.UUID,
    actor: str,
    at: dt.datetime,
    keeps_goods: bool = False,
    return_to: str = "",
    merchant_id: uuid.UUID | None = None,
) -> AfterSalesCase:
    """Agree to what the shopper asked for. A refund without return is paid at once, an order still in the house is cancelled.

    For an exchange the replacement is kept from now on; where it is sold out, the case becomes a return for the money.

    Args:
        keeps_goods: a return is paid at once and the shopper keeps the goods.
        return_to: where the parcel goes; the warehouse that sent it unless said.

    Raises:
        CaseNotFound, IllegalTransition
    """
    case = locked_case(case_id, merchant_id)
    must_be(case, CaseStatus.REQUESTED)
    agree(case, actor=actor, at=at, amount_minor=case.asked_minor, return_to=return_to)
    if case.kind == CaseKind.CANCELLATION:
        cancellation.cancel_order(order_id=case.order_id, actor=actor, reason="asked by the shopper", at=at)
        case.refresh_from_db()
    elif case.kind == CaseKind.REFUND_ONLY or (keeps_goods and case.kind == CaseKind.RETURN):
        pay_back(case, actor=actor, at=at, reason=case.reason)
    return case


def agree(case: AfterSalesCase, *, actor: str, at: dt.datetime, amount_minor: int, return_to: str = "", reason: str = "") -> None:
    """Approve a case whose rows the caller has locked; the shopper has until the deadline to send the goods."""
    kind, why = case.kind, reason
    if kind == CaseKind.EXCHANGE and not _keep_replacement(case, at):
        kind, why = CaseKind.RETURN, "sold out"
    move(
        case,
        CaseStatus.APPROVED,
        actor=actor,
        at=at,
        reason=why,
        kind=kind,
        agreed_minor=amount_minor,
        agreed_shipping_minor=min(case.asked_shipping_minor, amount_minor),
        return_to=(return_to.strip() or return_address(case))[:300],
        due_at=at + rules.current_terms().send_back,
    )


def _keep_replacement(case: AfterSalesCase, at: dt.datetime) -> bool:
    """Promise the replacement's goods to the case for good; False where they are not there."""
    wanted = [
        logistics.ReservationLine(case.pk, case.merchant_id, line.wanted_variant_id or line.order_line.variant_id, line.quantity)
        for line in CaseLine.objects.filter(case=case).select_related("order_line").order_by("pk")
    ]
    try:
        with transaction.atomic():
            logistics.reserve(
                reference=case.pk,
                lines=wanted,
                expires_at=at + rules.current_terms().send_back,
                at=at,
                destination=destination_of(case.order),
            )
            logistics.commit_reservations(reference=case.pk, at=at, actor="system:cases")
    except (NotServed, OutOfStock):
        return False
    return True


@transaction.atomic
def refuse(*, case_id: uuid.UUID, reason: str, actor: str, at: dt.datetime, merchant_id: uuid.UUID | None = None) -> AfterSalesCase:
    """Say no, with a reason the shopper reads. The shopper may take it to the marketplace; a refused cancellation just ends.

    Raises:
        CaseNotFound, IllegalTransition
        TextMissing: without a reason.
    """
    case = locked_case(case_id, merchant_id)
    must_be(case, CaseStatus.REQUESTED)
    if not reason.strip():
        raise TextMissing
    say(case, reason, (), actor=actor, at=at)
    move(case, CaseStatus.REFUSED, actor=actor, at=at, reason=reason, due_at=at + rules.current_terms().escalate)
    if case.kind == CaseKind.CANCELLATION:
        end(case, CaseStatus.CLOSED, actor=actor, at=at)
    return case


@transaction.atomic
def offer(
    *, case_id: uuid.UUID, amount_minor: int, reason: str, actor: str, at: dt.datetime, merchant_id: uuid.UUID | None = None
) -> AfterSalesCase:
    """Offer another amount than was asked: before the goods come back the shopper keeps them, afterwards it is a deduction.

    Raises:
        CaseNotFound, IllegalTransition
        AmountNotAllowed: negative, zero, or more than was asked.
        AmountNotInSteps: a card cannot be refunded so much of this currency.
        TextMissing: without a reason.
    """
    case = locked_case(case_id, merchant_id)
    must_be(case, CaseStatus.REQUESTED, CaseStatus.RECEIVED)
    if case.kind == CaseKind.CANCELLATION:
        must_be(case)
    if not 0 < amount_minor <= case.asked_minor:
        raise AmountNotAllowed(most=Money(case.asked_minor, case.currency).format(get_language() or "en"))
    refuse_odd(case, amount_minor)
    if not reason.strip():
        raise TextMissing
    say(case, reason, (), actor=actor, at=at)
    propose(case, amount_minor, actor=actor, at=at, reason=reason)
    return case


def propose(case: AfterSalesCase, amount_minor: int, *, actor: str, at: dt.datetime, reason: str) -> None:
    """Make an offer in a case whose rows the caller has locked."""
    *_, shipping = rules.shared(amount_minor, [case.asked_minor - case.asked_shipping_minor, case.asked_shipping_minor], case.currency)
    move(
        case,
        CaseStatus.OFFERED,
        actor=actor,
        at=at,
        reason=reason,
        agreed_minor=amount_minor,
        agreed_shipping_minor=shipping,
        due_at=at + rules.current_terms().escalate,
    )


@transaction.atomic
def accept_offer(*, case_id: uuid.UUID, actor: str, at: dt.datetime) -> AfterSalesCase:
    """The shopper takes the offered amount; it is paid at once.

    Raises:
        CaseNotFound, IllegalTransition
    """
    case = locked_case(case_id)
    must_be(case, CaseStatus.OFFERED)
    pay_back(case, actor=actor, at=at, reason=case.reason)
    return case


@transaction.atomic
def decline_offer(*, case_id: uuid.UUID, actor: str, at: dt.datetime) -> AfterSalesCase:
    """The shopper does not take the offer and the merchant answers again; a deduction from returned goods can only be disputed.

    Raises:
        CaseNotFound, IllegalTransition
    """
    case = locked_case(case_id)
    must_be(case, CaseStatus.OFFERED)
    if case.received_at is not None:
        must_be(case)
    due_at = at + rules.current_terms().answer
    move(case, CaseStatus.REQUESTED, actor=actor, at=at, due_at=due_at, agreed_minor=None, agreed_shipping_minor=0)
    return case


@transaction.atomic
def withdraw_case(*, case_id: uuid.UUID, actor: str, at: dt.datetime) -> AfterSalesCase:
    """The shopper does not want anything any more; possible until the goods are on their way. Again is the same answer.

    Raises:
        CaseNotFound, IllegalTransition
    """
    case = locked_case(case_id)
    if case.status == CaseStatus.WITHDRAWN:
        return case
    if case.received_at is not None:
        must_be(case)
    end(case, CaseStatus.WITHDRAWN, actor=actor, at=at)
    return case
