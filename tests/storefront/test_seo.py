"""What search engines and messengers are told."""

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from catalog.models import ProductCard
from catalog.services.reviews import add_review
from storefront.structured import script
from tests.factories.catalog import NOW, make_brand, make_category, make_product, new_variant
from tests.factories.merchants import make_merchant
from tests.factories.orders import make_goods

pytestmark = pytest.mark.django_db
NAMESPACES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "i": "http://www.google.com/schemas/sitemap-image/1.1",
    "x": "http://www.w3.org/1999/xhtml",
}


def page_of(client: Client, path: str, status: int = 200, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == status, answer.status_code
    return answer.content.decode()


def structured(page: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for text in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL):
        data = json.loads(text)
        found += data if isinstance(data, list) else [data]
    return found


def of_type(page: str, kind: str) -> dict[str, Any]:
    return next(data for data in structured(page) if data["@type"] == kind)


def canonical(page: str) -> str:
    return re.findall(r'<link rel="canonical" href="([^"]+)">', page)[0].replace("&amp;", "&")


def alternates(page: str) -> dict[str, str]:
    found = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', page)
    return {language: address.replace("&amp;", "&") for language, address in found}


def test_an_address_names_its_language_without_a_cookie(client: Client) -> None:
    english, chinese = page_of(client, "/help/"), page_of(client, "/help/?hl=zh-hans")

    assert 'lang="en"' in english and 'lang="zh-Hans"' in chinese
    assert 'lang="zh-Hans"' in page_of(client, "/help/?hl=zh-Hans")
    assert 'lang="en"' in page_of(client, "/help/?hl=xx")
    assert 'lang="en"' in page_of(client, "/help/?hl=en", **{"Accept-Language": "zh-CN"})
    assert not client.cookies
    assert "next=/help/" in chinese.replace("%2F", "/") and "hl" not in re.findall(r'next=([^"]*)"', chinese)[0]


def test_shared_pages_are_kept_apart_by_the_language_of_their_address(client: Client) -> None:
    for _turn in range(2):
        assert 'lang="en"' in page_of(client, "/")
        assert 'lang="zh-Hans"' in page_of(client, "/?hl=zh-hans")
    assert "s-maxage" in client.get("/?hl=zh-hans")["Cache-Control"]


def test_canonical_addresses_keep_language_and_page_and_drop_the_rest(client: Client, settings: Settings) -> None:
    category, merchant = make_category(), make_merchant()
    for _number in range(25):
        make_product(category=category, merchant=merchant)
    path, site = f"/c/{category.slug}/", settings.SITE_URL

    assert canonical(page_of(client, path)) == f"{site}{path}"
    assert canonical(page_of(client, f"{path}?page=2")) == f"{site}{path}?page=2"
    assert canonical(page_of(client, f"{path}?page=2&hl=zh-hans")) == f"{site}{path}?hl=zh-hans&page=2"
    assert canonical(page_of(client, f"{path}?sort=newest")) == f"{site}{path}"
    assert alternates(page_of(client, f"{path}?page=2")) == {
        "en": f"{site}{path}?page=2",
        "zh-Hans": f"{site}{path}?hl=zh-hans&page=2",
        "x-default": f"{site}{path}?page=2",
    }
    page_of(client, f"{path}?page=3", status=404)


def test_searches_and_filtered_lists_are_not_kept(client: Client) -> None:
    category = make_product().category

    for path in ("/search/?q=lamp", f"/c/{category.slug}/?sort=newest", f"/c/{category.slug}/?min=1"):
        page = page_of(client, path)
        assert '<meta name="robots" content="noindex, follow">' in page
        assert alternates(page) == {}
    assert "noindex" not in page_of(client, f"/c/{category.slug}/")


def test_titles_and_descriptions_are_unique(client: Client) -> None:
    category = make_category()
    one, other = (make_product(title="Lamp", category=category, description=f"<p>Lamp {number}</p>") for number in (1, 2))
    for _number in range(24):
        make_product(category=category, merchant=one.merchant)
    paths = [
        *("/", "/categories/", "/help/", f"/c/{category.slug}/", f"/c/{category.slug}/?page=2"),
        *(f"/s/{one.merchant.slug}/", f"/s/{other.merchant.slug}/", f"/p/{one.slug}/", f"/p/{other.slug}/"),
    ]

    pages = [page_of(client, path) for path in paths]

    titles = [re.findall(r"<title>(.*?)</title>", page, re.DOTALL)[0] for page in pages]
    assert len(set(titles)) == len(titles)
    described = [re.findall(r'<meta name="description" content="([^"]*)">', page)[0] for page in pages]
    assert all(described)
    assert len(set(described[3:])) == len(described[3:])


def test_a_product_says_what_it_costs_how_it_is_sent_and_how_it_comes_back(client: Client, settings: Settings) -> None:
    variant = make_goods(price=2_050, stock=3)
    page = page_of(client, f"/p/{variant.product.slug}/")

    data = of_type(page, "Product")
    offer = data["offers"]
    assert (offer["price"], offer["priceCurrency"], offer["availability"]) == ("20.50", "USD", "https://schema.org/InStock")
    assert offer["itemCondition"] == "https://schema.org/NewCondition"
    assert offer["url"] == f"{settings.SITE_URL}/p/{variant.product.slug}/?v={variant.pk}"
    shipping = offer["shippingDetails"]
    assert shipping["shippingRate"]["currency"] == "USD"
    assert {"handlingTime", "transitTime"} <= shipping["deliveryTime"].keys()
    assert shipping["shippingDestination"]["addressCountry"] == settings.OPERATOR_COUNTRY
    policy = offer["hasMerchantReturnPolicy"]
    assert policy["merchantReturnDays"] == settings.WITHDRAWAL_DAYS
    assert policy["returnPolicyCategory"] == "https://schema.org/MerchantReturnFiniteReturnWindow"
    assert {"name", "url", "description", "sku"} <= data.keys()
    assert "aggregateRating" not in data
    crumbs = of_type(page, "BreadcrumbList")["itemListElement"]
    assert [crumb["position"] for crumb in crumbs] == list(range(1, len(crumbs) + 1))
    assert crumbs[-1]["name"] == data["name"]


def test_a_product_with_options_is_a_group_of_variants(client: Client) -> None:
    product = make_product(variants=[new_variant(options={"Colour": colour}) for colour in ("Red", "Blue")])

    group = of_type(page_of(client, f"/p/{product.slug}/"), "ProductGroup")

    assert group["productGroupID"] == str(product.pk)
    assert group["variesBy"] == ["Colour"]
    assert [row["additionalProperty"][0]["value"] for row in group["hasVariant"]] == ["Red", "Blue"]
    assert {row["offers"]["availability"] for row in group["hasVariant"]} == {"https://schema.org/OutOfStock"}


def test_a_rating_is_told_only_where_there_is_one(client: Client) -> None:
    product = make_product()
    for stars in (5, 4):
        add_review(product_id=product.pk, user_id=None, author="Li", order_line=None, stars=stars, text="Good", language="en", at=NOW)

    rating = of_type(page_of(client, f"/p/{product.slug}/"), "Product")["aggregateRating"]

    assert (rating["ratingValue"], rating["reviewCount"]) == (4.5, 2)


def test_no_title_can_end_the_structured_data(client: Client) -> None:
    title = "</script><script>alert(1)</script>&\u2028"
    product = make_product(title=title)

    page = page_of(client, f"/p/{product.slug}/")

    assert "<script>alert(1)" not in page
    assert of_type(page, "Product")["name"] == title.strip()
    assert json.loads(script([{"a": title}]).removeprefix('<script type="application/ld+json">').removesuffix("</script>")) == [
        {"a": title}
    ]


def test_the_home_page_names_the_market_and_its_search(client: Client, settings: Settings) -> None:
    page = page_of(client, "/")

    assert of_type(page, "Organization")["url"] == f"{settings.SITE_URL}/"
    target = of_type(page, "WebSite")["potentialAction"]["target"]["urlTemplate"]
    assert target == f"{settings.SITE_URL}/search/?q={{search_term_string}}"


def test_a_link_in_a_messenger_shows_a_card(client: Client, settings: Settings) -> None:
    product = make_product(title="Lamp", description="<p>Bright & warm</p>")

    page = page_of(client, f"/p/{product.slug}/")

    assert '<meta property="og:title" content="Lamp">' in page
    assert '<meta property="og:description" content="Bright &amp;amp; warm">' in page or "Bright &amp; warm" in page
    assert f'<meta property="og:url" content="{settings.SITE_URL}/p/{product.slug}/">' in page
    assert '<meta property="og:type" content="product">' in page
    assert '<meta name="twitter:card" content="summary">' in page


def test_the_sitemap_names_every_language_picture_and_change(
    client: Client, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    product = make_product(brand=make_brand())
    ProductCard.objects.filter(pk=product.pk).update(picture="products/x", picture_widths=[160, 640], picture_formats=["webp", "jpg"])

    with django_assert_num_queries(1):
        tree = ET.fromstring(b"".join(client.get("/sitemap-products.xml")))
    with django_assert_num_queries(4):
        index = ET.fromstring(b"".join(client.get("/sitemap.xml")))

    urls = tree.findall("s:url", NAMESPACES)
    address = f"{settings.SITE_URL}/p/{product.slug}/"
    assert [url.findtext("s:loc", None, NAMESPACES) for url in urls] == [address, f"{address}?hl=zh-hans"]
    for url in urls:
        links = {link.get("hreflang"): link.get("href") for link in url.findall("x:link", NAMESPACES)}
        assert links == {"en": address, "zh-Hans": f"{address}?hl=zh-hans"}
        assert url.findtext("s:lastmod", None, NAMESPACES)
        assert url.findtext("i:image/i:loc", None, NAMESPACES) == f"{settings.SITE_URL}/media/products/x/640.jpg"
    names = [entry.findtext("s:loc", None, NAMESPACES) for entry in index]
    assert names == [f"{settings.SITE_URL}/sitemap-{name}.xml" for name in ("pages", "categories", "brands", "shops", "products")]
    assert f"Sitemap: {settings.SITE_URL}/sitemap.xml" in page_of(client, "/robots.txt")


def test_brands_with_goods_stand_in_the_sitemap_in_every_language(
    client: Client, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sold, empty, hidden = make_brand(), make_brand(), make_brand()
    make_product(brand=sold)
    make_product(brand=hidden, published=False)

    with django_assert_num_queries(1):
        tree = ET.fromstring(b"".join(client.get("/sitemap-brands.xml")))

    address = f"{settings.SITE_URL}/b/{sold.slug}/"
    urls = tree.findall("s:url", NAMESPACES)
    assert [url.findtext("s:loc", None, NAMESPACES) for url in urls] == [address, f"{address}?hl=zh-hans"]
    for url in urls:
        links = {link.get("hreflang"): link.get("href") for link in url.findall("x:link", NAMESPACES)}
        assert links == {"en": address, "zh-Hans": f"{address}?hl=zh-hans"}
    assert alternates(page_of(client, f"/b/{sold.slug}/")) == {**links, "x-default": address}
    assert 'lang="zh-Hans"' in page_of(client, f"/b/{sold.slug}/?hl=zh-hans")
    assert client.get(f"/b/{empty.slug}/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/sitemap-nothing.xml", "/sitemap-products.xml?p=2", "/sitemap-products.xml?p=x", "/sitemap-products.xml?p=0"]
)
def test_a_part_of_the_sitemap_that_does_not_exist_is_not_found(client: Client, path: str) -> None:
    make_product()

    assert client.get(path).status_code == 404


def test_only_what_is_shown_changes_the_date_in_the_sitemap() -> None:
    from catalog.services.cards import refresh_card, set_in_stock
    from catalog.services.products import update_product

    product = make_product()
    before = ProductCard.objects.get(pk=product.pk).changed_at

    set_in_stock(product.pk, True)
    refresh_card(product.pk)
    assert ProductCard.objects.get(pk=product.pk).changed_at == before
    ProductCard.objects.filter(pk=product.pk).update(changed_at=NOW)
    update_product(product_id=product.pk, title="Another name")

    changed_at = ProductCard.objects.get(pk=product.pk).changed_at
    assert changed_at is not None and changed_at > NOW
