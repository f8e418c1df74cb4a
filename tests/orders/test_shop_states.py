"""What shops that are on holiday, suspended or closed sell, what becomes of their orders, and when one can close."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from catalog.models import CardFollow, ProductCard, Variant
from catalog.services import cards
from core.invariants import violations
from merchants.errors import ShopStillBusy
from merchants.models import Merchant
from merchants.services import close_merchant, suspend_merchant
from merchants.services.holidays import end_holiday, move_holidays, plan_holiday
from orders import rules
from orders.errors import VariantUnavailable
from orders.models import Checkout, MerchantOrder
from orders.services.closing import close_shop, obstacles_to_closing
from orders.services.holidays import move_deadlines
from support.models import Mail
from tests.drain import drain
from tests.factories.catalog import make_product
from tests.factories.orders import make_cart, make_goods, place
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
now = timezone.now


def rest(merchant: Merchant, *, keeps_selling: bool = False, days: int = 3) -> Any:
    today = timezone.localdate()
    row = plan_holiday(
        merchant_id=merchant.pk,
        first_day=today,
        last_day=today + days * DAY,
        notice="We are at the sea.",
        notice_zh="我们去看海了。",
        keeps_selling=keeps_selling,
        actor="merchant:1",
        at=now(),
    )
    drain()
    return row


def holiday(merchant: Merchant) -> None:
    rest(merchant)


def suspension(merchant: Merchant) -> None:
    suspend_merchant(merchant_id=merchant.pk, actor="operator:1", reason="Papers", at=now())
    drain()


def closing(merchant: Merchant) -> None:
    close_merchant(merchant_id=merchant.pk, actor="operator:1", reason="Over", at=now())
    drain()


STATES = [holiday, suspension, closing]


@pytest.mark.parametrize("begin", STATES)
def test_cart_checkout_search_sitemap_and_api_agree_that_nothing_is_sold(begin: Any) -> None:
    goods = make_goods()
    cart, merchant, slug = make_cart(goods), goods.merchant, goods.product.slug

    begin(merchant)

    browser = Client()
    assert browser.post("/cart/add/", {"variant": str(goods.pk), "quantity": "1"}).status_code in {404, 409, 410, 422}
    with pytest.raises(VariantUnavailable), transaction.atomic():
        place(cart)
    assert not Checkout.objects.exists()
    assert slug not in browser.get("/search/", {"q": goods.product.title}).content.decode().replace(f'value="{slug}"', "")
    sitemaps = [browser.get(f"/sitemap-{part}.xml") for part in ("products-1", "shops-1")]
    assert not any(slug in answer.getvalue().decode() or merchant.slug in answer.getvalue().decode() for answer in sitemaps)
    assert browser.get(f"/api/v1/products/{slug}/").status_code == 404
    assert browser.get(f"/api/v1/shops/{merchant.slug}/").status_code == 404


def test_a_shop_on_holiday_says_so_on_its_pages() -> None:
    goods = make_goods()
    row = rest(goods.merchant)

    shop, product = Client().get(f"/s/{goods.merchant.slug}/"), Client().get(f"/p/{goods.product.slug}/")
    chinese = Client(headers={"accept-language": "zh-hans"}).get(f"/s/{goods.merchant.slug}/")

    assert (shop.status_code, product.status_code) == (200, 200)
    for page in (shop, product):
        assert "We are at the sea." in page.content.decode()
        assert 'data-testid="holiday"' in page.content.decode()
    assert "cart-add" not in product.content.decode()
    assert "我们去看海了。" in chinese.content.decode()
    end_holiday(merchant_id=goods.merchant_id, holiday_id=row.pk, actor="merchant:1", at=now())
    drain()
    assert ProductCard.objects.get(pk=goods.product_id).is_visible


def test_a_closed_shop_answers_gone_and_a_suspended_one_is_not_found() -> None:
    closed, suspended = make_goods(), make_goods()
    closing(closed.merchant)
    suspension(suspended.merchant)

    for goods, status in ((closed, 410), (suspended, 404)):
        for path in (f"/s/{goods.merchant.slug}/", f"/p/{goods.product.slug}/", f"/s/{goods.merchant.slug}/policies/"):
            assert Client().get(path).status_code == status, path


def test_a_shop_that_keeps_selling_promises_to_send_after_its_holiday() -> None:
    goods = make_goods()
    row = rest(goods.merchant, keeps_selling=True)

    page = Client().get(f"/p/{goods.product.slug}/").content.decode()
    order = order_up_to("paid", variants=[goods]).order

    assert "parcels leave after the holiday" in page
    assert order.ship_by == rules.ship_by(row.ends_at, order.days_to_handle)
    assert violations() == {}


def test_deadlines_move_once_by_the_length_of_the_holiday_and_the_shopper_is_told() -> None:
    order = order_up_to("paid", variants=[make_goods()]).order
    overdue = order_up_to("paid", variants=[make_goods(merchant=order.merchant)]).order
    MerchantOrder.objects.filter(pk=overdue.pk).update(ship_by=now() - DAY)
    drain()
    Mail.objects.all().delete()
    before = MerchantOrder.objects.get(pk=order.pk).ship_by

    row = rest(order.merchant)
    move_deadlines(holiday_id=row.pk, at=now())

    order.refresh_from_db()
    overdue.refresh_from_db()
    assert order.ship_by is not None
    assert before is not None
    assert overdue.ship_by is not None
    assert order.ship_by - before == row.ends_at - row.starts_at
    assert overdue.ship_by < now()
    mail = Mail.objects.get(kind="shipping_delayed")
    assert (mail.to, "We are at the sea." in mail.text) == (order.checkout.email, True)


def test_a_second_holiday_moves_deadlines_again() -> None:
    order = order_up_to("paid", variants=[make_goods()]).order
    before = MerchantOrder.objects.get(pk=order.pk).ship_by
    first = rest(order.merchant, days=1)
    end_holiday(merchant_id=order.merchant_id, holiday_id=first.pk, actor="merchant:1", at=now())

    second = rest(order.merchant, days=1)

    order.refresh_from_db()
    assert order.ship_by is not None
    assert before is not None
    assert order.ship_by - before == first.ends_at - first.starts_at + (second.ends_at - second.starts_at)


def test_orders_placed_before_go_on_in_every_state() -> None:
    from orders.services import fulfilment

    for begin in STATES:
        order = order_up_to("paid", variants=[make_goods()]).order
        begin(order.merchant)

        sent = fulfilment.ship_order(order_id=order.pk, carrier="SF", tracking_number="SF1", actor="merchant:1", at=now())

        assert sent.status == "shipped"


def test_a_shop_with_something_open_is_not_closed_and_says_what() -> None:
    order = order_up_to("paid", variants=[make_goods()]).order

    with pytest.raises(ShopStillBusy) as refused, transaction.atomic():
        close_shop(merchant_id=order.merchant_id, actor="merchant:1", reason="Over", at=now())

    assert "orders that are not completed (1)" in str(refused.value)
    assert Merchant.objects.get(pk=order.merchant_id).status == "active"
    assert [row.code for row in obstacles_to_closing(order.merchant)] == ["orders"]


def test_a_shop_whose_orders_are_completed_closes_and_its_goods_leave_the_market() -> None:
    order = order_up_to("completed", variants=[make_goods()]).order

    for _ in range(2):
        close_shop(merchant_id=order.merchant_id, actor="merchant:1", reason="Over", at=now())
    drain()

    merchant = Merchant.objects.get(pk=order.merchant_id)
    assert (merchant.status, merchant.closed_at is not None) == ("closed", True)
    assert not ProductCard.objects.filter(merchant=merchant, is_visible=True).exists()
    assert Mail.objects.filter(kind="shop_moved", subject__contains="closed").exists()


def test_cards_of_a_large_shop_follow_batch_after_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cards, "FOLLOWED", 2)
    first = make_product()
    others = [make_product(merchant=first.merchant) for _ in range(4)]
    suspend_merchant(merchant_id=first.merchant_id, actor="operator:1", reason="Papers", at=now())

    assert cards.follow_merchant(first.merchant_id) == 2
    assert CardFollow.objects.count() == 1
    while cards.follow_some_merchants():
        pass

    assert not CardFollow.objects.exists()
    assert ProductCard.objects.filter(is_visible=False).count() == len(others) + 1


def test_the_sweep_begins_and_ends_what_shoppers_see() -> None:
    goods: Variant = make_goods()
    row = rest(goods.merchant)
    assert not ProductCard.objects.get(pk=goods.product_id).is_visible

    move_holidays(at=row.ends_at)
    drain()

    assert ProductCard.objects.get(pk=goods.product_id).is_visible
    assert Client().get(f"/p/{goods.product.slug}/").status_code == 200
