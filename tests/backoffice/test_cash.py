"""Cash on delivery in both back offices."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from merchants.models import Merchant
from orders.models import MerchantOrder
from orders.services import completion, fulfilment, refunds
from orders.services.cash import confirm_cash
from payments.models import CashReturn
from tests.backoffice.market import Shop
from tests.factories.orders import make_cart, place

CONFIRM = {"_form_submitted": "1"}


@pytest.fixture
def order(shop: Shop) -> MerchantOrder:
    """A guest's order that is paid at the door and on its way."""
    Merchant.objects.filter(pk=shop.merchant.pk).update(cash_on_delivery=True)
    checkout = place(make_cart(shop.product.variants.get()))
    confirm_cash(checkout_id=checkout.pk, actor="shopper:guest", at=timezone.now())
    row: MerchantOrder = checkout.orders.get()
    fulfilment.ship_order(order_id=row.pk, carrier="SF", tracking_number="1", actor="merchant:x", at=timezone.now())
    return row


def page_of(client: Client, order: MerchantOrder, site: str = "merchant") -> str:
    return str(client.get(reverse(f"{site}:orders_merchantorder_change", args=[order.pk])).text)


def press(client: Client, order: MerchantOrder, button: str, site: str = "merchant", **data: str) -> None:
    client.post(reverse(f"{site}:orders_merchantorder_{button}", args=[order.pk]), {**CONFIRM, **data})
    order.refresh_from_db()


@pytest.mark.parametrize("site", ["merchant", "admin"])
def test_both_see_what_is_collected_at_the_door(shop: Shop, operator: User, client: Client, order: MerchantOrder, site: str) -> None:
    client.force_login(shop.owner if site == "merchant" else operator)

    listed = client.get(reverse(f"{site}:orders_merchantorder_changelist")).text
    page = page_of(client, order, site)

    assert "Cash on delivery" in listed
    assert 'data-testid="cash-amount">$25.00<' in page
    assert "To be collected" in page


def test_a_merchant_marks_a_parcel_as_refused_at_the_door(shop: Shop, client: Client, order: MerchantOrder) -> None:
    client.force_login(shop.owner)

    press(client, order, "refuse_at_door", reason="nobody home")

    assert order.status == "cancelled"
    assert "Not collected" in page_of(client, order)


def test_the_button_is_not_there_for_orders_that_are_paid(shop: Shop, client: Client) -> None:
    client.force_login(shop.owner)

    press(client, shop.shipped, "refuse_at_door", reason="x")

    assert shop.shipped.status == "shipped"
    assert "Refused at the door" not in page_of(client, shop.shipped)


def test_a_merchant_marks_a_guest_as_paid_back(shop: Shop, client: Client, order: MerchantOrder) -> None:
    completion.confirm_receipt(order_id=order.pk, actor="shopper:guest", at=timezone.now())
    refunds.refund_order(order_id=order.pk, actor="operator:x", reason="broken", at=timezone.now())
    client.force_login(shop.owner)
    before = page_of(client, order)

    press(client, order, "guest_paid")

    assert "has to be paid back to the guest" in before
    assert CashReturn.objects.get().paid_at is not None
    assert "was paid back to the guest" in page_of(client, order)


def test_a_merchant_switches_it_on_in_the_profile(shop: Shop, client: Client) -> None:
    client.force_login(shop.owner)
    url = reverse("merchant:merchants_merchant_change", args=[shop.merchant.pk])
    form = client.get(url).context["adminform"].form
    sent = {name: form[name].value() or "" for name in form.fields}

    client.post(url, {**sent, "cash_on_delivery": "on"})

    assert Merchant.objects.get(pk=shop.merchant.pk).cash_on_delivery
