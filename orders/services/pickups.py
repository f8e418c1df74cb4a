"""Goods that wait in a store: put aside, handed over for a code, or back on sale when nobody came."""

import datetime as dt
import logging
import uuid
from collections.abc import Sequence

from django.db import transaction

from core import outbox
from core.counters import count_try, take_back_try
from core.states import move_to
from orders.errors import PickupCodeExpired, PickupCodeWrong, PickupNotFound, PickupNotPaid, TooManyPickupCodes
from orders.events import OrderReadyToCollect
from orders.models import MerchantOrder, Pickup
from orders.pickup_codes import encrypt, hashes_of, new_code, normal
from orders.selectors.purchases import TO_SHIP
from orders.services.cancellation import cancel_order
from orders.services.fulfilment import mark_delivered, ship_locked, start_preparing
from orders.services.moves import locked_order
from orders.states import OrderStatus, PickupStatus

log = logging.getLogger(__name__)
ACTOR = "system:pickups"
NOT_PICKED_UP = "not picked up"
WRONG_TRIES, TRY_SECONDS, LONGEST_CODE = 5, 60, 60


@transaction.atomic
def put_aside(*, order_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, at: dt.datetime) -> Pickup:
    """The goods lie ready in the store: the shopper is told and gets a code, good for the days the store keeps them. Again is the same.

    Raises:
        PickupNotFound: this merchant has no such order to be picked up.
        PickupNotPaid: it is not paid, or has ended.
    """
    order, pickup = _locked(order_id, merchant_id)
    if pickup.status in {PickupStatus.READY, PickupStatus.COLLECTED}:
        return pickup
    if pickup.status != PickupStatus.WAITING or order.status not in TO_SHIP:
        raise PickupNotPaid
    if order.status == OrderStatus.PAID:
        start_preparing(order_id=order.pk, actor=actor, at=at)
    code = new_code()
    move_to(
        pickup, PickupStatus.READY, actor=actor, at=at, ready_at=at, keep_until=at + dt.timedelta(days=pickup.keep_days),
        code=encrypt(code, order_id=order.pk), code_hash=hashes_of(code, merchant_id=merchant_id)[0],
    )  # fmt: skip
    outbox.publish(OrderReadyToCollect(order_id=str(order.pk)))
    return pickup


def hand_over(*, code: str, merchant_id: uuid.UUID, tried_by: Sequence[str], actor: str, at: dt.datetime) -> MerchantOrder:
    """The shopper said the code in the store: the goods leave the books and the order is delivered. A code works once.

    Args:
        tried_by: who is typing; wrong codes are counted for each of them, five a minute.

    Raises:
        TooManyPickupCodes: too many wrong ones.
        PickupCodeWrong: nothing of this merchant waits under this code.
        PickupCodeExpired: it has waited too long.
        IllegalTransition, NothingToShip: the order cannot be handed over.
    """
    # Counted before the code is looked at, so that no two guesses share a count.
    tries = [count_try(f"pickup:{who}", seconds=TRY_SECONDS) for who in tried_by]
    if any(count > WRONG_TRIES for count in tries):
        raise TooManyPickupCodes
    order_id = _order_of(code, merchant_id)
    if order_id is None:
        raise PickupCodeWrong
    for who in tried_by:
        take_back_try(f"pickup:{who}")
    return _hand_over(order_id, merchant_id, actor, at)


def _order_of(code: str, merchant_id: uuid.UUID) -> uuid.UUID | None:
    compact = normal(code[:LONGEST_CODE])
    rows = Pickup.objects.filter(merchant_id=merchant_id, status=PickupStatus.READY)
    found: uuid.UUID | None = (
        rows.filter(code_hash__in=hashes_of(compact, merchant_id=merchant_id)).values_list("order_id", flat=True).first()
        if compact
        else None
    )
    return found


@transaction.atomic
def _hand_over(order_id: uuid.UUID, merchant_id: uuid.UUID, actor: str, at: dt.datetime) -> MerchantOrder:
    order, pickup = _locked(order_id, merchant_id)
    if pickup.status != PickupStatus.READY:  # handed over, or called off, at this moment
        raise PickupCodeWrong
    if pickup.keep_until is not None and pickup.keep_until < at:
        raise PickupCodeExpired
    move_to(pickup, PickupStatus.COLLECTED, actor=actor, at=at, code="", code_hash="", ended_at=at)
    ship_locked(order, carrier=pickup.warehouse.name[:60], tracking_number=order.number, actor=actor, at=at)
    return mark_delivered(order_id=order.pk, actor=actor, at=at)


def give_up_uncollected(*, at: dt.datetime, limit: int = 100) -> int:
    """Cancel and refund orders that nobody has picked up in time: the goods are on sale again; returns how many. Sweeps may overlap."""
    due = Pickup.objects.filter(status=PickupStatus.READY, keep_until__lt=at).order_by("keep_until")
    return sum(
        _give_up_if_due(order_id, merchant_id, at) for order_id, merchant_id in list(due.values_list("order_id", "merchant_id")[:limit])
    )


def _give_up_if_due(order_id: uuid.UUID, merchant_id: uuid.UUID, at: dt.datetime) -> bool:
    try:
        with transaction.atomic():
            _order, pickup = _locked(order_id, merchant_id)
            if pickup.status != PickupStatus.READY or pickup.keep_until is None or pickup.keep_until >= at:
                return False
            move_to(pickup, PickupStatus.MISSED, actor=ACTOR, at=at, reason=NOT_PICKED_UP, code="", code_hash="", ended_at=at)
            cancel_order(order_id=order_id, actor=ACTOR, reason=NOT_PICKED_UP, at=at)
    except Exception:
        # One broken order must not keep the others waiting.
        log.exception("giving up a pick-up failed", extra={"order_id": str(order_id)})
        return False
    return True


def _locked(order_id: uuid.UUID, merchant_id: uuid.UUID) -> tuple[MerchantOrder, Pickup]:
    """The order's lock comes first, as in everything that moves an order."""
    if not Pickup.objects.filter(order=order_id, merchant_id=merchant_id).exists():
        raise PickupNotFound
    order = locked_order(order_id)
    pickup = Pickup.objects.select_for_update(no_key=True, of=("self",)).select_related("warehouse__merchant").get(order=order_id)
    return order, pickup
