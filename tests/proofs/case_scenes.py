"""What comes back, from several sides at once."""

from __future__ import annotations

from functools import partial
from typing import Any

from catalog.models import Variant
from logistics.models import Stock
from orders.models import MerchantOrder
from orders.services import cancellation, refunds
from orders.services.cases.answers import withdraw_case
from orders.states import OrderStatus
from payments.models import Refund
from tests.factories.cases import approve, case_up_to, counts, open_case, receive
from tests.factories.orders import make_goods
from tests.proofs.interleaving import Scene
from tests.proofs.scenes import ACTOR, Make, now, refunded_whole
from tests.walkthrough import order_up_to

PIECES = 150


def _delivered(lamp: Variant) -> MerchantOrder:
    """One order with a piece for every point, because taking an order so far costs more than the scene itself."""
    return order_up_to(OrderStatus.DELIVERED, variants=[lamp], quantity=PIECES).order


def parcel_counted_twice() -> Make:
    """Two people in the warehouse count one parcel: on the shelf once, refunded once."""
    lamp = make_goods(stock=PIECES)
    order = _delivered(lamp)

    def make() -> Scene:
        case, before = case_up_to("sent_back", order), Stock.objects.get(variant=lamp).on_hand
        counting = partial(receive, case, counts=counts(case))

        def check(*_: Any) -> str:
            case.refresh_from_db()
            assert Stock.objects.values_list("on_hand", "reserved").get(variant=lamp) == (before + 1, 0)
            assert Refund.objects.filter(reference=order.pk, cause=case.pk).count() == 1
            return str(case.status)

        return Scene(counting, counting, check)

    return make


def return_and_refund(*, refund_first: bool) -> Make:
    """A returned parcel is counted, which pays it back, while the operator refunds the whole order."""

    def make() -> Scene:
        lamp = make_goods(stock=5)
        case = case_up_to("sent_back", order_up_to(OrderStatus.DELIVERED, variants=[lamp]).order)
        refunding = partial(refunds.refund_order, order_id=case.order_id, actor=ACTOR, reason="broken", at=now())
        counting = partial(receive, case, counts=counts(case))

        def check(*_: Any) -> str:
            order = MerchantOrder.objects.get(pk=case.order_id)
            back = Refund.objects.filter(reference=order.pk).values_list("amount_minor", flat=True)
            on_hand = Stock.objects.get(variant=lamp).on_hand
            assert sum(back) == order.total_minor
            assert on_hand in {4, 5}
            return f"refunded, {on_hand} on the shelf"

        return Scene(refunding, counting, check) if refund_first else Scene(counting, refunding, check)

    return make


def cancelled_from_two_sides(*, case_first: bool) -> Make:
    """The merchant grants the shopper's wish to cancel while the operator cancels: given back, and on the shelf, once."""

    def make() -> Scene:
        lamp = make_goods(stock=3)
        order = order_up_to(OrderStatus.PREPARING, variants=[lamp], quantity=2).order
        case = open_case(order, kind="cancellation", reason="changed_mind", wishes=[])
        cancelling = partial(cancellation.cancel_order, order_id=order.pk, actor=ACTOR, reason="asked", at=now())
        granting = partial(approve, case)

        def check(*_: Any) -> str:
            assert Stock.objects.values_list("on_hand", "reserved").get(variant=lamp) == (3, 0)
            return refunded_whole(order)

        return Scene(granting, cancelling, check) if case_first else Scene(cancelling, granting, check)

    return make


def return_and_withdrawal_of_it() -> Make:
    """The merchant agrees to pay and let the shopper keep the goods, while the shopper takes the complaint back."""
    order = _delivered(make_goods(stock=PIECES))

    def make() -> Scene:
        case = open_case(order)
        granting = partial(approve, case, keeps_goods=True)
        withdrawing = partial(withdraw_case, case_id=case.pk, actor="shopper:guest", at=now())

        def check(*outcomes: Any) -> str:
            case.refresh_from_db()
            paid_back = Refund.objects.filter(reference=order.pk, cause=case.pk).count()
            assert (case.status, paid_back) in {("refunded", 1), ("withdrawn", 0)}
            return str(case.status)

        return Scene(granting, withdrawing, check)

    return make
