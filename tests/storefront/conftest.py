"""A shop with something in it, and ways to buy."""

from typing import Any

import pytest
from django.test import Client

from catalog.models import Variant
from core.ids import uuid7
from tests.factories.orders import make_goods

ADDRESS = {
    "email": "guest@example.com",
    "name": "Li Na",
    "phone": "138 0013 8000",
    "address": "1 Market Street",
    "city": "Shanghai",
    "postcode": "200000",
    "country": "CN",
}


@pytest.fixture
def goods(db: None) -> Variant:
    return make_goods(price=2_000, stock=10)


@pytest.fixture
def shopper(client: Client, goods: Variant) -> Client:
    """A guest with one piece in the cart."""
    client.post("/cart/add/", {"variant": goods.pk, "quantity": "1"})
    return client


@pytest.fixture
def order_form(shopper: Client) -> dict[str, Any]:
    """The checkout form as the shopper would send it."""
    form = shopper.get("/checkout/").context["form"]
    return {**ADDRESS, "key": str(uuid7()), "seen_total": form["seen_total"].value()}
