import re

import pytest
from django.test import Client

from catalog.models import Review
from orders.models import OrderLine
from orders.states import OrderStatus
from payments.services import escrow
from storefront.pictures import line_picture
from tests.factories.accounts import make_user
from tests.walkthrough import Walk, order_up_to


def guest_of(walk: Walk) -> Client:
    """A guest who opened the purchase by the link of a mail."""
    client = Client()
    client.get(f"/orders/{walk.checkout.number}/?t={walk.checkout.token}")
    return client


def test_a_mails_link_opens_the_order_and_keeps_its_token_out_of_the_address(client: Client, db: None) -> None:
    walk = order_up_to(OrderStatus.PAID)

    answer = client.get(f"/orders/{walk.checkout.number}/?t={walk.checkout.token}", follow=True)

    assert answer.redirect_chain == [(f"/orders/{walk.checkout.number}/", 302)]
    assert answer.text.count('data-testid="merchant-order"') == 2
    assert walk.checkout.token not in answer.text


def test_what_was_ordered_is_shown_in_every_kind_of_file_and_of_old_orders_in_the_one_they_have() -> None:
    new = OrderLine(picture="products/x", picture_widths=[160, 320], picture_formats=["webp", "avif", "jpg"])

    sources = re.findall(r'(?:type|srcset)="([^"]+)"', line_picture(new, "64px"))

    assert sources[:4] == [
        *("image/avif", "/media/products/x/160.avif 160w, /media/products/x/320.avif 320w"),
        *("image/webp", "/media/products/x/160.webp 160w, /media/products/x/320.webp 320w"),
    ]
    assert "/media/products/x/160.jpg 160w" in sources[4]
    assert re.findall(r'(?:type|srcset)="([^"]+)"', line_picture(OrderLine(picture="products/x"), "64px")) == [
        "/media/products/x/160.webp 160w"
    ]
    assert "picture-none" in line_picture(OrderLine(), "64px")


@pytest.mark.parametrize("page", ["/orders/{number}/", "/orders/", "/orders/{number}-1/return/?kind=return&reason=faulty&step=pieces"])
def test_pages_of_orders_show_pictures_as_cards_do(db: None, page: str) -> None:
    user = make_user()
    walk = order_up_to(OrderStatus.DELIVERED, user=user)
    OrderLine.objects.update(picture="products/x", picture_widths=[160, 320], picture_formats=["webp", "avif", "jpg"])
    client = Client()
    client.force_login(user)

    answer = client.get(page.format(number=walk.checkout.number))

    assert "products/x/160.avif" in answer.text
    assert "products/x/160.jpg" in answer.text


def test_confirming_receipt_completes_one_order(db: None) -> None:
    walk = order_up_to(OrderStatus.SHIPPED)
    client = guest_of(walk)

    answer = client.post(f"/orders/{walk.order.number}/receipt/", follow=True)

    assert answer.status_code == 200
    assert [order.status for order in walk.refresh().orders] == [OrderStatus.COMPLETED, OrderStatus.SHIPPED]


def test_confirming_twice_pays_the_merchant_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    walk = order_up_to(OrderStatus.SHIPPED)
    client = guest_of(walk)
    released = []
    release = escrow.release
    monkeypatch.setattr(escrow, "release", lambda **call: released.append(call) or release(**call))

    for _ in range(2):
        client.post(f"/orders/{walk.order.number}/receipt/")

    assert len(released) == 1


@pytest.mark.parametrize("action", ["receipt", "cancel"])
def test_a_stranger_can_do_nothing_to_an_order(action: str, db: None) -> None:
    walk = order_up_to(OrderStatus.SHIPPED if action == "receipt" else OrderStatus.PAID)
    before = [order.status for order in walk.orders]

    answer = Client().post(f"/orders/{walk.order.number}/{action}/")

    assert answer.status_code == 404
    assert [order.status for order in walk.refresh().orders] == before


def test_an_order_can_be_cancelled_until_it_is_shipped(db: None) -> None:
    walk = order_up_to(OrderStatus.PAID)

    guest_of(walk).post(f"/orders/{walk.order.number}/cancel/")

    assert [order.status for order in walk.refresh().orders] == [OrderStatus.CANCELLED, OrderStatus.PAID]


def test_a_shipped_order_cannot_be_cancelled(db: None) -> None:
    walk = order_up_to(OrderStatus.SHIPPED)

    answer = guest_of(walk).post(f"/orders/{walk.order.number}/cancel/", follow=True)

    assert "not possible" in answer.text
    assert walk.refresh().order.status == OrderStatus.SHIPPED


def test_a_member_reviews_what_was_received(client: Client, db: None) -> None:
    user = make_user(name="Mei")
    walk = order_up_to(OrderStatus.COMPLETED, user=user)
    line = walk.order.lines.get()
    client.force_login(user)

    refused = client.post(f"/orders/{walk.checkout.number}/review/{line.pk}/", {f"{line.pk}-stars": "9"})
    client.post(f"/orders/{walk.checkout.number}/review/{line.pk}/", {f"{line.pk}-stars": "4", f"{line.pk}-text": "<b>Fine</b>"})
    again = client.post(f"/orders/{walk.checkout.number}/review/{line.pk}/", {f"{line.pk}-stars": "1"})
    page = client.get(f"/p/{line.product.slug}/")

    assert refused.status_code == 422
    assert again.status_code == 404
    assert [review.stars for review in Review.objects.all()] == [4]
    assert "&lt;b&gt;Fine&lt;/b&gt;" in page.text


def test_the_list_of_orders_does_not_grow_in_queries(client: Client, db: None, django_assert_max_num_queries: object) -> None:
    user = make_user()
    for _ in range(3):
        order_up_to(OrderStatus.PAID, user=user)
    client.force_login(user)

    with django_assert_max_num_queries(10):  # type: ignore[operator]
        answer = client.get("/orders/")

    assert answer.text.count("Details") == 3


@pytest.mark.parametrize("page", ["0", "-1", "2", "x", "99999999"])
def test_a_page_of_orders_that_is_not_there_is_not_found(client: Client, db: None, page: str) -> None:
    client.force_login(make_user())

    assert client.get(f"/orders/?page={page}").status_code == 404
