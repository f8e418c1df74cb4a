"""The first step: what is wrong with which pieces, and what the shopper wants."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import formats, timezone

from catalog.models import Variant
from core import outbox
from core.states import record_change, write_changes
from orders import case_rules as rules
from orders.errors import CaseNotPossible, CaseTooLate, CaseWithoutLines, ExchangeNotPossible, QuantityClaimed
from orders.events import CaseOpened
from orders.models import AfterSalesCase, CaseLine, MerchantOrder, OrderLine
from orders.services.cases.bespoke import refuse_bespoke
from orders.services.cases.digital import take_digital_back
from orders.services.cases.moves import claim, move, return_address
from orders.services.cases.settling import pay_back
from orders.services.cases.statements import say
from orders.services.moves import locked_order
from orders.states import CaseKind, CaseReason, CaseStatus
from payments.services import escrow


@dataclass(frozen=True, slots=True)
class Wish:
    """So many pieces of an order line; for an exchange what should come instead, the same article when None."""

    line_id: uuid.UUID
    quantity: int
    variant_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the shopper fills in. `key` becomes the case's id, so the same form sent twice opens one case."""

    key: uuid.UUID
    kind: str
    reason: str
    wishes: Sequence[Wish]
    text: str = ""
    photos: Sequence[bytes] = ()


@transaction.atomic
def open_case(*, order_id: uuid.UUID, complaint: Complaint, actor: str, at: dt.datetime) -> AfterSalesCase:
    """Open an after-sales case; the money asked for is frozen and the order does not complete by itself until it ends.

    A withdrawal from the contract needs nobody's consent: it is approved at once. All pieces of an order that is being prepared
    are asked back by a cancellation.

    Raises:
        OrderNotFound: there is no such order.
        CaseNotPossible, CaseTooLate: not for this order, or not any more.
        CaseWithoutLines, QuantityClaimed: nothing is chosen, or more than is free.
        DigitalNotReturnable, AlreadyDownloaded: what is downloaded cannot be sent back, nor given back once it was used.
        BespokeNotReturnable: what was made for the shopper comes back for a fault only.
        ExchangeNotPossible: another product, another price, or no longer sold.
        TooManyPhotos, InvalidPicture: the pictures.
    """
    order = locked_order(order_id)
    before: AfterSalesCase | None = AfterSalesCase.objects.filter(pk=complaint.key, order=order).first()
    if before is not None:
        return before
    _refuse_impossible(order, complaint, at)
    lines = list(OrderLine.objects.filter(order=order).order_by("pk"))
    wanted = _wanted(complaint, lines)
    refuse_bespoke(complaint.kind, complaint.reason, [line for line in lines if line.pk in wanted])
    take_digital_back(complaint.kind, complaint.reason, {line: wanted[line.pk].quantity for line in lines if line.pk in wanted}, at=at)
    case = _written(order, complaint, lines, wanted, actor=actor, at=at)
    claim({line: wanted[line.pk].quantity for line in lines if line.pk in wanted})
    say(case, complaint.text, complaint.photos, actor=actor, at=at)
    write_changes([record_change(case, "", case.status, actor=actor, reason=complaint.reason, at=at)])
    escrow.freeze(reference=order.pk, cause=case.pk, at=at, amount_minor=case.asked_minor)
    outbox.publish(CaseOpened(str(case.pk)))
    if complaint.reason == CaseReason.WITHDRAWAL:
        _withdraw_from_contract(case, actor, at)
        if case.kind == CaseKind.REFUND_ONLY:
            pay_back(case, actor=actor, at=at, reason=case.reason)
    return case


def _refuse_impossible(order: MerchantOrder, complaint: Complaint, at: dt.datetime) -> None:
    terms = rules.current_terms()
    until = rules.open_until(order, complaint.reason, terms)
    if order.status in rules.RECEIVED and until is not None and at > until:
        raise CaseTooLate(until=formats.date_format(timezone.localtime(until), "DATETIME_FORMAT"))
    if complaint.kind not in rules.kinds_possible(order, at, terms):
        raise CaseNotPossible
    if complaint.reason not in rules.reasons_possible(order, complaint.kind, at, terms):
        raise CaseNotPossible


def _wanted(complaint: Complaint, lines: Sequence[OrderLine]) -> dict[uuid.UUID, Wish]:
    """The wishes by line; a cancellation takes everything."""
    if complaint.kind == CaseKind.CANCELLATION:
        return {line.pk: Wish(line.pk, line.quantity) for line in lines}
    known = {line.pk: line for line in lines}
    wanted = {wish.line_id: wish for wish in complaint.wishes if wish.line_id in known and wish.quantity > 0}
    if not wanted or len(wanted) != len(complaint.wishes):
        raise CaseWithoutLines
    for line_id, wish in wanted.items():
        line = known[line_id]
        if wish.quantity > line.quantity - line.claimed_quantity:
            raise QuantityClaimed(title=line.title, most=line.quantity - line.claimed_quantity)
        if wish.variant_id is not None and (complaint.kind != CaseKind.EXCHANGE or not _is_sibling(line, wish.variant_id)):
            raise ExchangeNotPossible
    return wanted


def _is_sibling(line: OrderLine, variant_id: uuid.UUID) -> bool:
    rows = Variant.objects.filter(pk=variant_id, product_id=line.product_id, is_active=True, price_minor=line.price_minor)
    return variant_id == line.variant_id or rows.exists()


def _written(
    order: MerchantOrder,
    complaint: Complaint,
    lines: Sequence[OrderLine],
    wanted: Mapping[uuid.UUID, Wish],
    *,
    actor: str,
    at: dt.datetime,
) -> AfterSalesCase:
    asked = rules.asked(order, lines, {line_id: wish.quantity for line_id, wish in wanted.items()}, complaint.reason)
    # The order's lock makes the number unique.
    number = f"{order.number}-R{AfterSalesCase.objects.filter(order=order).count() + 1}"
    case = AfterSalesCase.objects.create(
        pk=complaint.key,
        order=order,
        merchant_id=order.merchant_id,
        number=number,
        kind=complaint.kind,
        reason=complaint.reason,
        currency=order.currency,
        asked_minor=asked.total_minor,
        asked_shipping_minor=asked.shipping_minor,
        opened_by=actor,
        opened_at=at,
        due_at=at + rules.current_terms().answer,
    )
    CaseLine.objects.bulk_create(
        CaseLine(
            case=case,
            order_line_id=line_id,
            quantity=wish.quantity,
            asked_minor=asked.lines[line_id],
            wanted_variant_id=wish.variant_id,
        )
        for line_id, wish in sorted(wanted.items())
    )
    return case


def _withdraw_from_contract(case: AfterSalesCase, actor: str, at: dt.datetime) -> None:
    """The shopper's declaration is enough; what is left to do is sending the goods back, where there is something to send."""
    move(
        case,
        CaseStatus.APPROVED,
        actor=actor,
        at=at,
        reason="withdrawal",
        agreed_minor=case.asked_minor,
        agreed_shipping_minor=case.asked_shipping_minor,
        return_to=return_address(case)[:300],
        due_at=at + rules.current_terms().send_back,
    )
