"""What shoppers see of a set: its page, its card, the cart, the order."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Variant
from catalog.services.products import hide_product
from logistics.services import correct_showcase
from orders.models import Cart, OrderBundle
from tests.factories.bundles import make_bundle
from tests.factories.orders import make_goods, make_seller, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea() -> tuple[Variant, Variant, Variant]:
    """A set of a pot and four cups, the pot, and the cup."""
    seller = make_seller()
    pot, cup = make_goods(merchant=seller, price=3_000, title="Pot"), make_goods(merchant=seller, price=500, stock=40, title="Cup")
    bundle = make_bundle({pot: 1, cup: 4}, price=4_000)
    correct_showcase()
    return bundle, pot, cup


def page_of(client: Client, variant: Variant) -> str:
    answer = client.get(reverse("product", args=[variant.product.slug]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_what_is_in_the_set_with_links_and_what_it_saves(client: Client, tea: tuple[Variant, ...]) -> None:
    bundle, pot, cup = tea

    page = page_of(client, bundle)

    assert "What is in this set" in page
    assert f"{reverse('product', args=[cup.product.slug])}?v={cup.pk}" in page
    assert "You save $10.00 (20%)" in page
    assert "$50.00" in page
    assert "What is in this set" not in page_of(client, pot)


def test_the_page_says_why_a_set_is_not_for_sale(client: Client, tea: tuple[Variant, ...]) -> None:
    bundle, pot, _ = tea
    hide_product(product_id=pot.product_id, actor="merchant:test", at=timezone.now())

    page = page_of(client, bundle)

    assert "This set is not for sale at the moment, because this part of it is not: Pot." in page
    assert f'href="{reverse("product", args=[pot.product.slug])}' not in page
    answer = client.post(reverse("cart-add"), {"variant": bundle.pk, "quantity": "1"})
    assert answer.status_code == 409
    assert "because something in this set is not on sale" in answer.content.decode()
    assert Cart.objects.count() == 0


def test_a_card_without_another_badge_says_that_it_is_a_set(client: Client, tea: tuple[Variant, ...]) -> None:
    page = client.get(reverse("search"), {"q": "Tea set"}).content.decode()

    assert 'tagged-quiet">Set</span>' in page


def test_the_cart_and_the_checkout_show_one_row_with_its_parts(client: Client, tea: tuple[Variant, ...]) -> None:
    bundle, _, _ = tea
    client.post(reverse("cart-add"), {"variant": bundle.pk, "quantity": "2"})

    cart = client.get(reverse("cart")).content.decode()
    checkout = client.get(reverse("checkout")).content.decode()

    assert cart.count('data-testid="cart-line"') == 1
    assert "4 × Cup" in cart
    assert "$20.00 saved" in cart
    assert "4 × Cup" in checkout


def test_the_order_page_shows_the_parts_below_their_set(client: Client, tea: tuple[Variant, ...]) -> None:
    bundle, _, _ = tea
    client.post(reverse("cart-add"), {"variant": bundle.pk, "quantity": "1"})
    checkout = place(Cart.objects.get())

    page = client.get(f"{reverse('order', args=[checkout.number])}?t={checkout.token}", follow=True).content.decode()

    assert OrderBundle.objects.count() == 1
    assert page.count('data-testid="order-set"') == 1
    assert "Set 1: Tea set" in page
    assert page.count("Part of set 1: Tea set") == 2
