"""Goods on their way: back to the merchant, and what the merchant sends instead."""

import datetime as dt
import uuid

from django.db import transaction

from logistics import services as logistics
from logistics.errors import NotFound
from logistics.models import Shipment
from logistics.selectors import home_of
from orders import case_rules as rules
from orders.models import AfterSalesCase, CaseLine
from orders.services.cases.moves import end, locked_case, move, must_be
from orders.states import CaseKind, CaseStatus


@transaction.atomic
def send_back(*, case_id: uuid.UUID, carrier: str, tracking_number: str, actor: str, at: dt.datetime) -> AfterSalesCase:
    """The shopper has handed the parcel to a carrier. The same number again changes nothing.

    Raises:
        CaseNotFound, IllegalTransition
        InvalidTracking: carrier or number is empty or too long.
        NotFound: the merchant has no warehouse to send it to.
    """
    case = locked_case(case_id)
    if case.status == CaseStatus.SENT_BACK:
        return case
    must_be(case, CaseStatus.APPROVED)
    move(case, CaseStatus.SENT_BACK, actor=actor, at=at, due_at=at + rules.current_terms().transit)
    _announce(case, Shipment.Direction.TO_MERCHANT, carrier, tracking_number, actor, at)
    return case


def _announce(case: AfterSalesCase, direction: Shipment.Direction, carrier: str, tracking_number: str, actor: str, at: dt.datetime) -> None:
    home = home_of(case.order_id, case.merchant_id)
    if home is None:
        raise NotFound
    goods: dict[uuid.UUID, int] = {}
    for line in CaseLine.objects.filter(case=case).select_related("order_line"):
        goods[line.order_line.variant_id] = goods.get(line.order_line.variant_id, 0) + line.quantity
    logistics.announce_parcel(
        reference=case.pk,
        warehouse_id=home.pk,
        direction=direction,
        goods=goods,
        carrier=carrier,
        tracking_number=tracking_number,
        actor=actor,
        at=at,
    )


@transaction.atomic
def parcel_arrived(*, case_id: uuid.UUID, at: dt.datetime) -> bool:
    """A carrier has delivered a parcel of this case; returns whether that changed anything.

    What came back to the merchant is counted within some days from now; what reached the shopper ends the case.
    """
    case = locked_case(case_id)
    if case.status == CaseStatus.SENT_BACK and case.arrived_at is None:
        due_at = at + rules.current_terms().receive
        AfterSalesCase.objects.filter(pk=case.pk).update(arrived_at=at, due_at=due_at)
        return True
    if case.status in {CaseStatus.REPLACED, CaseStatus.REPAIRED}:
        end(case, CaseStatus.CLOSED, actor="system:logistics", at=at)
        return True
    return False


@transaction.atomic
def send_replacement(
    *, case_id: uuid.UUID, carrier: str, tracking_number: str, actor: str, at: dt.datetime, merchant_id: uuid.UUID | None = None
) -> AfterSalesCase:
    """The merchant sends what was kept for the exchange, or the repaired goods. The same number again changes nothing.

    Raises:
        CaseNotFound, IllegalTransition
        InvalidTracking: carrier or number is empty or too long.
    """
    case = locked_case(case_id, merchant_id)
    if case.status in {CaseStatus.REPLACED, CaseStatus.REPAIRED}:
        return case
    must_be(case, CaseStatus.RECEIVED)
    due_at = at + rules.current_terms().close
    if case.kind == CaseKind.EXCHANGE:
        move(case, CaseStatus.REPLACED, actor=actor, at=at, due_at=due_at)
        logistics.ship(
            reference=case.pk, merchant_id=case.merchant_id, carrier=carrier, tracking_number=tracking_number, actor=actor, at=at
        )
    elif case.kind == CaseKind.REPAIR:
        move(case, CaseStatus.REPAIRED, actor=actor, at=at, due_at=due_at)
        _announce(case, Shipment.Direction.TO_SHOPPER, carrier, tracking_number, actor, at)
    else:
        must_be(case)
    return case
