from typing import Any

import pytest
from django.test import Client

from catalog.services.prices import set_price
from tests.factories.bundles import make_bundle
from tests.factories.catalog import make_category, make_product
from tests.factories.exchange import make_rates
from tests.factories.logistics import make_stock
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db


def get(path: str, language: str = "en", **query: Any) -> Any:
    return Client().get(f"/api/v1{path}", query, headers={"Accept-Language": language})


def test_anybody_reads_published_products_in_their_language() -> None:
    make_product(title="Tea", i18n={"zh-hans": {"title": "茶"}})
    make_product(title="Secret", published=False)

    english, chinese = get("/products/"), get("/products/", language="zh-hans")

    assert [row["title"] for row in english.json()["results"]] == ["Tea"]
    assert [row["title"] for row in chinese.json()["results"]] == ["茶"]
    assert english.json()["results"][0]["price"] == {"minor": 1999, "currency": "USD", "text": "$19.99"}


def test_products_are_found_by_word_category_and_price() -> None:
    parent = make_category("Home")
    child = make_category("Lamps", parent=parent)
    make_product(title="Paper lantern", category=child, price=900)
    make_product(title="Steel pot", category=parent, price=4_000)
    make_product(title="Lantern fish", price=500)

    def titles(**query: Any) -> set[str]:
        return {row["title"] for row in get("/products/", **query).json()["results"]}

    assert titles(q="lantern") == {"Paper lantern", "Lantern fish"}
    assert titles(category=parent.slug) == {"Paper lantern", "Steel pot"}
    assert titles(min_price="9", max_price="10.50") == {"Paper lantern"}
    assert titles(category="no-such") == set()


@pytest.mark.parametrize(
    "query",
    [
        {"min_price": "cheap"}, {"min_price": "-1"}, {"condition": "rotten"}, {"cursor": "tampered"}, {"cursor": "\x00"},
        {"q": "x" * 201}, {"q": "\x00"}, {"max_price": "NaN"}, {"max_price": "1e400"},
    ],
)  # fmt: skip
def test_a_query_that_makes_no_sense_is_told_so(query: dict[str, str]) -> None:
    answer = get("/products/", **query)

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("query", [{"limit": "1e9"}, {"limit": "0"}, {"ordering": "password"}, {"merchant__email__startswith": "a"}])
def test_what_is_not_offered_is_ignored(query: dict[str, str]) -> None:
    make_product(title="Tea")

    assert get("/products/", **query).status_code == 200


def test_pages_follow_one_another_without_gap_or_repeat() -> None:
    for number in range(7):
        make_product(title=f"Cup {number}")

    seen, url = [], "/api/v1/products/?limit=3"
    while url:
        page = Client().get(url).json()
        seen += [row["title"] for row in page["results"]]
        url = page["next"]

    assert sorted(seen) == [f"Cup {number}" for number in range(7)]


def test_a_product_shows_its_variants_and_what_can_be_bought() -> None:
    product = make_product(title="Tea", description="<p>Green</p>")
    make_stock(3, variant=product.variants.get())

    answer = get(f"/products/{product.slug}/").json()

    assert answer["description"] == "<p>Green</p>"
    assert [variant["in_stock"] for variant in answer["variants"]] == [True]


@pytest.mark.parametrize("path", ["/products/none/", "/categories/none/", "/shops/none/", "/nothing/"])
def test_what_is_not_there_is_a_problem_too(path: str) -> None:
    answer = get(path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


def test_lists_cost_the_same_however_long_they_are(django_assert_num_queries: Any) -> None:
    for number in range(12):
        make_product(title=f"Cup {number}")

    with django_assert_num_queries(2):  # the exchange rates, remembered for some seconds
        get("/products/", limit=2)
    with django_assert_num_queries(1):
        get("/products/", limit=12)


def test_the_reference_needs_no_internet() -> None:
    page = Client().get("/api/docs/")

    assert page.status_code == 200
    assert b"https://" not in page.content.replace(b"https://github.com", b"")


def test_prices_are_said_in_the_currency_asked_for() -> None:
    make_rates(JPY="155.23")
    dear, cheap = make_product(price=1_999), make_product(price=1_000)
    set_price(variant_id=cheap.variants.get().pk, currency="JPY", price_minor=1_480)

    listed = get("/products/", currency="jpy").json()["results"]
    narrowed = get("/products/", currency="JPY", min_price="1480", max_price="1480").json()["results"]
    one = get(f"/products/{dear.slug}/", currency="JPY").json()

    assert {row["slug"]: row["price"] for row in listed} == {
        dear.slug: {"minor": 3_103, "currency": "JPY", "text": "¥3,103"},
        cheap.slug: {"minor": 1_480, "currency": "JPY", "text": "¥1,480"},
    }
    assert [row["slug"] for row in narrowed] == [cheap.slug]
    assert one["price"]["minor"] == one["variants"][0]["price"]["minor"] == 3_103
    refused = Client().get("/api/v1/products/", {"currency": "GBP"})
    assert refused.status_code == 409
    assert refused.json()["code"] == "currency_not_offered"


def test_a_product_says_what_a_set_contains() -> None:
    shop = make_merchant()
    cup = make_product(merchant=shop, title="Cup", price=500, i18n={"zh-hans": {"title": "杯子"}}).variants.get()
    make_stock(9, variant=cup)
    bundle = make_bundle({cup: 4}, price=1_800)

    [variant] = get(f"/products/{bundle.product.slug}/", language="zh-hans").json()["variants"]
    [plain] = get(f"/products/{cup.product.slug}/").json()["variants"]

    assert variant["in_stock"]
    assert plain["parts"] == []
    [part] = variant["parts"]
    assert (part["variant"], part["sku"], part["title"], part["quantity"], part["on_sale"]) == (str(cup.pk), cup.sku, "杯子", 4, True)
    assert part["price"]["minor"] == 500
