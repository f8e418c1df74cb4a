"""A shopper writes their own words on something: the product page without a script, the cart, the checkout and the order."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from catalog.models import Variant
from catalog.services.products import update_product
from catalog.services.wishes import add_wish
from orders.models import CartLine
from orders.services.fulfilment import start_preparing
from support.models import Mail
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.merchants import make_membership
from tests.factories.orders import make_goods
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db
ENGRAVING = {"label": "Engraving", "label_zh": "刻字", "most": 20, "is_required": True}
SCRIPT = "<b>x</b>"


@pytest.fixture
def ring(db: None) -> Variant:
    return make_goods(personalisation=[ENGRAVING], stock=20)


def put(client: Client, variant: Variant, **more: str) -> Any:
    return client.post(reverse("cart-add"), {"variant": str(variant.pk), "quantity": "1", **more})


def test_the_product_page_asks_and_says_what_it_means(client: Client, ring: Variant) -> None:
    page = client.get(reverse("product", args=[ring.product.slug])).content.decode()

    assert 'name="answer-a1"' in page
    assert 'maxlength="20"' in page
    assert "No change-of-mind return" in page
    assert "no reason needed; cancel" not in page
    chinese = client.get(reverse("product", args=[ring.product.slug]), headers={"accept-language": "zh-hans"}).content.decode()
    assert "刻字" in chinese


def test_a_missing_or_wrong_text_is_said_beside_its_field_with_what_was_typed(client: Client, ring: Variant) -> None:
    missing = put(client, ring)
    too_long = put(client, ring, **{"answer-a1": "x" * 21})

    assert (missing.status_code, too_long.status_code) == (422, 422)
    page = too_long.content.decode()
    assert 'id="answer-a1-error"' in page
    assert f'value="{"x" * 21}"' in page
    assert not CartLine.objects.exists()


def test_with_htmx_the_reason_is_a_toast(client: Client, ring: Variant) -> None:
    answer = client.post(reverse("cart-add"), {"variant": str(ring.pk)}, headers={"hx-request": "true"})

    assert answer.status_code == 422
    assert "Please fill in “Engraving”." in answer.content.decode()


def test_words_are_shown_inert_in_cart_checkout_order_mail_and_to_the_merchant(client: Client, ring: Variant) -> None:
    user = make_user()
    client.force_login(user)
    assert put(client, ring, **{"answer-a1": SCRIPT}).status_code == 302
    shown = "&lt;b&gt;x&lt;/b&gt;"

    for name in ("cart", "checkout"):
        page = client.get(reverse(name)).content.decode()
        assert shown in page and SCRIPT not in page, name
        assert "No change-of-mind return" in page, name

    order = order_up_to("paid", cart=user.cart, user=user).order
    page = client.get(reverse("order", args=[order.checkout.number])).content.decode()
    assert shown in page and SCRIPT not in page
    drain()
    assert SCRIPT in Mail.objects.get(kind="order_paid").text
    assert SCRIPT not in Mail.objects.get(kind="order_paid").html

    merchant = Client()
    merchant.force_login(make_membership(ring.merchant).user)
    detail = merchant.get(reverse("merchant:orders_merchantorder_change", args=[order.pk])).content.decode()
    assert shown in detail and SCRIPT not in detail
    start_preparing(order_id=order.pk, actor="merchant:1", at=order.placed_at)
    slip = merchant.post(reverse("merchant:to-ship"), {"paper": "packing-slips", "order": str(order.pk)}).content
    assert f"Engraving: {SCRIPT}" in PdfReader(io.BytesIO(slip)).pages[0].extract_text()


def test_a_wish_that_asks_for_words_leads_to_its_page(client: Client, ring: Variant) -> None:
    user = make_user()
    client.force_login(user)
    add_wish(user=user, token=None, product_id=ring.product_id, at=timezone.now())
    wish = user.wish_lists.get().wishes.get()

    answer = client.post(reverse("wish", args=[wish.pk]), {"action": "cart"})

    assert answer["Location"] == reverse("product", args=[ring.product.slug])
    assert not CartLine.objects.exists()
    assert user.wish_lists.get().wishes.exists()


def test_a_cart_line_that_lacks_words_by_now_leads_to_its_page(client: Client) -> None:
    lamp = make_goods()
    put(client, lamp)
    update_product(product_id=lamp.product_id, personalisation=[ENGRAVING])

    page = client.get(reverse("cart")).content.decode()

    assert "Please choose it again and fill in what it asks for" in page
    assert client.get(reverse("checkout")).status_code == 302


def test_the_merchant_types_the_texts_as_lines(client: Client, ring: Variant) -> None:
    client.force_login(make_membership(ring.merchant).user)

    page = client.get(reverse("merchant:catalog_product_change", args=[ring.product_id])).content.decode()

    assert "Engraving | 刻字 | 20 | !" in page
