"""Completion pays the merchant, rewards the member and counts the sale: once."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from catalog.errors import AlreadyReviewed
from catalog.models import ProductCard, Review
from core import outbox
from core.models import OutboxEvent
from core.states import IllegalTransition
from logistics.selectors import shipments_of
from loyalty.selectors import balance
from loyalty.services import earn
from orders.errors import OrderNotFound, ReviewNotAllowed
from orders.selectors import reviewable_lines
from orders.services import completion, reviews
from orders.states import OrderStatus
from payments.models import LedgerEntry
from payments.selectors import balances
from tests.factories.accounts import make_user
from tests.factories.orders import make_goods
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db


def liability() -> int:
    entries = LedgerEntry.objects.filter(account__kind="points_liability")
    return -sum(entries.values_list("amount_minor", flat=True))


def test_confirming_receipt_pays_the_merchant_less_commission_and_counts_the_sale() -> None:
    lamp = make_goods(price=2_000)
    walk = order_up_to(OrderStatus.DELIVERED, variants=[lamp], quantity=3)
    order = walk.order
    assert balances(order.merchant_id, "USD").held_minor == order.total_minor

    completion.confirm_receipt(order_id=order.pk, actor="shopper:guest", at=timezone.now())

    after = balances(order.merchant_id, "USD")
    assert (after.held_minor, after.payable_minor) == (0, order.total_minor - order.commission_minor)
    assert ProductCard.objects.get(pk=lamp.product_id).sold == 3
    assert OutboxEvent.objects.filter(name="OrderCompleted").count() == 1


def test_confirming_twice_pays_once() -> None:
    walk = order_up_to(OrderStatus.COMPLETED, variants=[make_goods()])

    completion.confirm_receipt(order_id=walk.order.pk, actor="shopper:guest", at=timezone.now())

    order = walk.refresh().order
    assert balances(order.merchant_id, "USD").payable_minor == order.total_minor - order.commission_minor
    assert OutboxEvent.objects.filter(name="OrderCompleted").count() == 1


def test_parcels_under_way_arrive_with_the_shoppers_word_and_not_with_the_deadline() -> None:
    told, silent = (order_up_to(OrderStatus.SHIPPED, variants=[make_goods()]).order for _ in range(2))

    completion.confirm_receipt(order_id=told.pk, actor="shopper:guest", at=timezone.now())
    completion.complete_due(at=timezone.now() + dt.timedelta(days=90))
    outbox.relay(now=timezone.now() + dt.timedelta(days=91))

    assert [(parcel.status, [event.code for event in parcel.events.all()][-1]) for parcel in shipments_of(told.pk)] == [("delivered",) * 2]
    assert [parcel.status for parcel in shipments_of(silent.pk)] == ["handed_over"]
    assert OutboxEvent.objects.filter(name="OrderDelivered").count() == 0


def test_an_order_that_was_not_sent_cannot_be_confirmed() -> None:
    walk = order_up_to(OrderStatus.PAID, variants=[make_goods()])

    with pytest.raises(IllegalTransition):
        completion.confirm_receipt(order_id=walk.order.pk, actor="shopper:guest", at=timezone.now())

    assert balances(walk.order.merchant_id, "USD").payable_minor == 0


def test_a_member_earns_points_on_goods_paid_in_money_and_they_are_a_liability() -> None:
    user = make_user()
    earn(user_id=user.pk, points=1_000, reference=user.pk, rule="test", at=timezone.now())
    walk = order_up_to(OrderStatus.COMPLETED, variants=[make_goods(price=5_000)], user=user, points=1_000)

    outbox.relay(now=timezone.now())

    assert walk.order.points_minor == 1_000
    assert balance(user.pk, timezone.now()) == 40  # one per whole dollar of 50 − 10
    assert liability() == 40


def test_a_guest_earns_nothing() -> None:
    order_up_to(OrderStatus.COMPLETED)

    assert not OutboxEvent.objects.filter(name="PointsEarned").exists()


def test_a_silent_shoppers_order_completes_at_its_deadline_and_not_before() -> None:
    walk = order_up_to(OrderStatus.DELIVERED, variants=[make_goods()])
    deadline = walk.order.complete_by
    assert deadline is not None

    early = completion.complete_due(at=deadline - dt.timedelta(seconds=1))
    due = completion.complete_due(at=deadline)
    again = completion.complete_due(at=deadline)

    assert (early, due, again) == (0, 1, 0)
    assert walk.refresh().order.status == OrderStatus.COMPLETED


def test_a_member_reviews_a_completed_line_once() -> None:
    user = make_user()
    walk = order_up_to(OrderStatus.COMPLETED, variants=[make_goods()], user=user)
    line = walk.order.lines.get()
    call: dict[str, Any] = {
        "order_line_id": line.pk,
        "user_id": user.pk,
        "stars": 5,
        "text": "Fine lamp",
        "language": "en",
        "at": timezone.now(),
    }
    assert reviewable_lines(walk.checkout) == [line]

    reviews.review_line(**call)

    assert reviewable_lines(walk.checkout) == []
    with pytest.raises(AlreadyReviewed):
        reviews.review_line(**call)
    assert Review.objects.get().author == "L***a"


def test_only_the_buyer_of_a_completed_order_may_review() -> None:
    user = make_user()
    walk = order_up_to(OrderStatus.DELIVERED, variants=[make_goods()], user=user)
    call: dict[str, Any] = {"order_line_id": walk.order.lines.get().pk, "stars": 5, "text": "", "language": "en", "at": timezone.now()}

    with pytest.raises(ReviewNotAllowed):
        reviews.review_line(user_id=user.pk, **call)
    with pytest.raises(OrderNotFound):
        reviews.review_line(user_id=make_user().pk, **call)

    assert not Review.objects.exists()
