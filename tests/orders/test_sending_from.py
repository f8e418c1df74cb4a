"""Where an order is sent from: whom warehouses serve, what zones cost, and sending from elsewhere."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Variant
from core.invariants import violations
from logistics.models import Reservation, Stock, Warehouse
from logistics.rules import Destination, Zone
from logistics.services import Terms, create_warehouse, move_promises, receive_stock, set_warehouse_active, set_warehouse_terms
from logistics.services.zones import ZonePrice, save_shipping_zone
from orders.errors import NotSentThere, PriceChanged
from orders.models import CartLine, Checkout
from orders.selectors import cart_view
from orders.services.replanning import replan_order
from tests.drain import drain
from tests.factories.orders import make_buyer, make_cart, make_goods, place
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db
SHENZHEN = Destination("CN", "518000")


def second_house(variant: Variant, pieces: int = 10) -> Warehouse:
    house = create_warehouse(merchant=variant.merchant, code="SECOND", name="Second", kind="regional", city="Hefei", priority=50)
    receive_stock(variant=variant, warehouse=house, quantity=pieces, actor="system:test", at=timezone.now())
    return house


def serve(house: Warehouse, *zones: Zone) -> None:
    set_warehouse_terms(warehouse_id=house.pk, terms=Terms(zones=zones))


def test_what_is_not_sent_to_the_address_is_refused_before_paying() -> None:
    variant = make_goods()
    serve(Warehouse.objects.get(), Zone("DE"))
    cart = make_cart(variant)

    with pytest.raises(NotSentThere) as refusal:
        place(cart)

    assert str(refusal.value) == f"“{variant.product.title}” is not sent to this address in China."
    assert not Checkout.objects.exists() and not Reservation.objects.exists()
    assert CartLine.objects.filter(cart=cart).exists()
    assert Stock.objects.get().reserved == 0


def test_the_warehouse_that_serves_the_address_sends() -> None:
    variant = make_goods()
    serve(Warehouse.objects.get(), Zone("CN", ("1",)))
    house = second_house(variant)

    checkout = place(make_cart(variant), buyer=make_buyer(postcode="518000"))

    row = Reservation.objects.get(reference=checkout.pk)
    assert (row.stock.warehouse, row.plan["passed_over"]) == (house, {"MAIN": "not_served"})


def test_a_zones_price_counts_at_placing_and_the_cart_with_the_address_says_the_same() -> None:
    variant = make_goods(price=2_000)
    price = ZonePrice(name="China", zones=[Zone("CN")], way="weight", flat_minor=100, step_minor=50, step=100)
    save_shipping_zone(merchant_id=variant.merchant_id, price=price)
    cart = make_cart(variant, quantity=2)
    shown = cart_view(cart, destination=SHENZHEN)

    with pytest.raises(PriceChanged):
        place(cart, expected_total_minor=cart_view(cart).total_minor)
    checkout = place(cart, expected_total_minor=shown.total_minor)

    weight = 2 * variant.weight_g
    assert checkout.shipping_minor == shown.shipping_minor == 100 + 50 * -(-weight // 100)
    assert cart_view(make_cart(variant)).shipping_minor == 500


def test_orders_are_sent_from_elsewhere_when_a_merchant_asks_for_it() -> None:
    order = order_up_to("paid", variants=[make_goods()]).order
    [row] = Reservation.objects.filter(group=order.pk)
    house = second_house(row.stock.variant)
    move_promises(warehouse_id=row.stock.warehouse_id)

    drain()

    moved = Reservation.objects.get(group=order.pk, status="committed")
    assert (moved.stock.warehouse, moved.quantity) == (house, row.quantity)
    assert violations() == {}


def test_an_order_that_was_sent_is_not_planned_again() -> None:
    order = order_up_to("shipped", variants=[make_goods()]).order
    [row] = Reservation.objects.filter(group=order.pk)
    second_house(row.stock.variant)
    set_warehouse_active(warehouse_id=row.stock.warehouse_id, is_active=False)

    assert replan_order(order_id=order.pk, actor="merchant:1", at=timezone.now(), reason="closed") == 0


def test_the_shopper_reads_at_the_checkout_that_it_is_not_sent_there(client: Client) -> None:
    variant = make_goods()
    serve(Warehouse.objects.get(), Zone("DE"))
    client.post(reverse("cart-add"), {"variant": str(variant.pk), "quantity": "1"})
    page = client.get(reverse("checkout"))
    form = {name: str(page.context["form"][name].value() or "") for name in ("key", "seen_total", "seen_currency")}
    buyer = make_buyer()
    form |= {name: getattr(buyer, name) for name in ("email", "name", "phone", "address", "city", "postcode", "country")}

    answer = client.post(reverse("checkout"), form)

    assert answer.status_code == 409
    assert "is not sent to this address in China" in answer.content.decode()
    assert not Checkout.objects.exists()
