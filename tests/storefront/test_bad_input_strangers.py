"""A stranger's order: whatever is tried with its number, it does not exist, and nothing happens to it."""

from __future__ import annotations

import pytest
from django.test import Client

from orders.states import OrderStatus
from tests.factories.accounts import make_user
from tests.snapshot import snapshot
from tests.walkthrough import Walk, order_up_to

pytestmark = pytest.mark.django_db
READ = [
    "/orders/{purchase}/",
    "/orders/{purchase}/?t=guess",
    "/orders/{purchase}/confirmation/",
    "/pay/{purchase}/",
    "/pay/{purchase}/?t=guess",
    "/pay/{purchase}/return/?status=success",
]
WRITE = [
    "/pay/{purchase}/",
    "/pay/{purchase}/cancel/",
    "/orders/{order}/receipt/",
    "/orders/{order}/cancel/",
    "/orders/{purchase}/review/{line}/",
]
STATUSES = [OrderStatus.AWAITING_PAYMENT, OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.COMPLETED]


@pytest.fixture(params=["guest with an order", "member with an order"])
def stranger(request: pytest.FixtureRequest) -> Client:
    client = Client()
    if "member" in request.param:
        user = make_user()
        client.force_login(user)
        order_up_to("paid", user=user)
    else:
        own = order_up_to("paid").checkout
        assert client.get(f"/orders/{own.number}/?t={own.token}", follow=True).status_code == 200
    return client


def path_of(template: str, walk: Walk) -> str:
    return template.format(purchase=walk.checkout.number, order=walk.order.number, line=walk.order.lines.get().pk)


@pytest.mark.parametrize("is_members", [False, True], ids=["a guest's", "a member's"])
def test_a_strangers_order_does_not_exist(stranger: Client, is_members: bool) -> None:
    owner = make_user() if is_members else None
    walks = [order_up_to(status, user=owner) for status in STATUSES]
    before = snapshot()

    read = {stranger.get(path_of(path, walk)).status_code for walk in walks for path in READ}
    written = {stranger.post(path_of(path, walk), {"stars": "5"}).status_code for walk in walks for path in WRITE}

    assert (read, written) == ({404}, {404})
    assert snapshot() == before


def test_a_strangers_order_is_answered_exactly_as_one_that_never_was(stranger: Client) -> None:
    walk = order_up_to("paid")

    real = stranger.get(f"/orders/{walk.checkout.number}/")
    invented = stranger.get("/orders/0000-0000-0000/")

    assert real.content.replace(walk.checkout.number.encode(), b"") == invented.content.replace(b"0000-0000-0000", b"")
