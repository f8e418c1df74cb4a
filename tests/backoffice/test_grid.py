"""Prices, stock and status of many variants changed with one save."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.models import Product, Variant
from catalog.services.variants import update_variant
from logistics.models import Stock
from logistics.services import correct_stock
from merchants.models import Membership, Merchant
from tests.factories.catalog import NOW, make_product, new_variant
from tests.factories.logistics import make_stock, make_warehouse
from tests.factories.merchants import make_membership, make_merchant

pytestmark = pytest.mark.django_db
PAGE = "/merchant/prices/"


@pytest.fixture
def merchant(db: None) -> Merchant:
    made = make_merchant()
    make_warehouse(made)
    return made


@pytest.fixture
def lamp(merchant: Merchant) -> Variant:
    variant: Variant = make_product(merchant=merchant, title="Lamp", variants=[new_variant(sku="L", price_minor=2_000)]).variants.get()
    make_stock(5, variant=variant, warehouse=merchant.warehouses.get())
    return variant


@pytest.fixture
def vase(merchant: Merchant) -> Variant:
    made: Variant = make_product(merchant=merchant, title="Vase", variants=[new_variant(sku="V", price_minor=3_000)]).variants.get()
    return made


@pytest.fixture
def owner(merchant: Merchant, client: Client) -> Client:
    client.force_login(make_membership(merchant).user)
    return client


def shown(client: Client) -> dict[str, Any]:
    """What the form sends when nothing is changed."""
    data: dict[str, Any] = {"row": []}
    for row in client.get(PAGE).context["rows"]:
        key = row["variant"].pk
        data["row"].append(str(key))
        data[f"version-{key}"] = row["product"].version
        data |= {f"was-{name}-{key}": value for name, value in row["was"].items()}
        data |= {f"{name}-{key}": value for name, value in row["was"].items() if name != "status" or row["is_first"]}
    return data


def test_one_save_changes_many_rows(owner: Client, lamp: Variant, vase: Variant) -> None:
    data = shown(owner) | {
        f"price-{lamp.pk}": "18.50", f"compare_at-{lamp.pk}": "25", f"stock-{lamp.pk}": "9", f"status-{vase.pk}": "hidden",
        f"stock-{vase.pk}": "2",
    }  # fmt: skip

    answer = owner.post(PAGE, data)

    assert answer.status_code == 302
    lamp.refresh_from_db()
    assert (lamp.price_minor, lamp.compare_at_minor) == (1_850, 2_500)
    assert dict(Stock.objects.values_list("variant__sku", "on_hand")) == {"L": 9, "V": 2}
    assert Product.objects.get(title="Vase").status == "hidden"


def test_saving_what_was_shown_changes_nothing(owner: Client, lamp: Variant, vase: Variant) -> None:
    before = list(Product.objects.order_by("pk").values()), list(Variant.objects.order_by("pk").values())

    owner.post(PAGE, shown(owner))

    assert (list(Product.objects.order_by("pk").values()), list(Variant.objects.order_by("pk").values())) == before


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("price", "0", "A price must be above zero."),
        ("price", "", "This cannot be empty."),
        ("price", "1.999", "USD has 2 decimal places."),
        ("compare_at", "1", "The compare-at price must be above the price."),
        ("stock", "-3", "This is not a whole number"),
        ("status", "draft", "cannot become that"),
    ],
)
def test_a_row_that_cannot_be_saved_says_why_and_the_others_are_saved(
    owner: Client, lamp: Variant, vase: Variant, field: str, text: str, words: str
) -> None:
    answer = owner.post(PAGE, shown(owner) | {f"{field}-{lamp.pk}": text, f"price-{vase.pk}": "31"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert (words in page and f'value="{text}"' in page) or field == "status"
    lamp.refresh_from_db()
    vase.refresh_from_db()
    assert (lamp.price_minor, lamp.compare_at_minor, vase.price_minor) == (2_000, None, 3_100)
    assert Stock.objects.get().on_hand == 5


def test_a_row_that_somebody_else_changed_is_refused(owner: Client, lamp: Variant, vase: Variant) -> None:
    data = shown(owner) | {f"price-{lamp.pk}": "1", f"price-{vase.pk}": "31"}
    update_variant(variant_id=lamp.pk, price_minor=2_222)

    answer = owner.post(PAGE, data)

    assert "Somebody else changed this product a moment ago." in answer.content.decode()
    lamp.refresh_from_db()
    vase.refresh_from_db()
    assert (lamp.price_minor, vase.price_minor) == (2_222, 3_100)


def test_stock_that_moved_meanwhile_is_refused(owner: Client, lamp: Variant) -> None:
    data = shown(owner) | {f"stock-{lamp.pk}": "9"}
    correct_stock(stock_id=Stock.objects.get().pk, on_hand=4, expected_on_hand=None, actor="x", at=NOW)

    answer = owner.post(PAGE, data)

    assert "The stock is 4 by now." in answer.content.decode()
    assert Stock.objects.get().on_hand == 4


def test_others_goods_are_neither_shown_nor_changed(owner: Client, lamp: Variant) -> None:
    other = make_product(title="Somebody else's").variants.get()

    assert "Somebody else" not in owner.get(PAGE).content.decode()
    owner.post(PAGE, {"row": [str(other.pk)], f"version-{other.pk}": 2, f"was-price-{other.pk}": "19.99", f"price-{other.pk}": "1"})

    before = other.price_minor
    other.refresh_from_db()
    assert other.price_minor == before


@pytest.mark.parametrize("data", [{"row": ["x"]}, {"row": ["019a0000-0000-7000-8000-000000000000"]}, {}])
def test_nonsense_changes_nothing(owner: Client, lamp: Variant, data: dict[str, Any]) -> None:
    assert owner.post(PAGE, data).status_code == 302


def test_roles_change_what_their_duties_say(merchant: Merchant, lamp: Variant, client: Client) -> None:
    client.force_login(make_membership(merchant, role=Membership.Role.CATALOGUE).user)
    data = shown(client)

    assert client.post(PAGE, data | {f"stock-{lamp.pk}": "9"}).status_code == 403
    assert client.post(PAGE, data | {f"price-{lamp.pk}": "9"}).status_code == 302

    lamp.refresh_from_db()
    assert (lamp.price_minor, Stock.objects.get().on_hand) == (900, 5)


def test_readers_change_nothing(merchant: Merchant, lamp: Variant, client: Client) -> None:
    client.force_login(make_membership(merchant, role=Membership.Role.READ_ONLY).user)

    assert client.post(PAGE, shown(client) | {f"price-{lamp.pk}": "9"}).status_code == 403

    lamp.refresh_from_db()
    assert lamp.price_minor == 2_000


def test_the_table_takes_a_fixed_number_of_statements(owner: Client, merchant: Merchant, django_assert_max_num_queries: Any) -> None:
    for _ in range(12):
        make_product(merchant=merchant)

    with django_assert_max_num_queries(12):
        assert len(owner.get(PAGE).context["rows"]) == 12
    assert len(owner.get(f"{PAGE}?q=nothing&status=draft").context["rows"]) == 0
