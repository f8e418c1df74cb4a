"""What a page costs on the line: scripts, style and HTML under gzip, and nothing from anybody else."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests.factories.catalog import make_brand, make_category, make_product, new_variant
from tests.factories.orders import make_goods, make_seller

MOST_SCRIPT, MOST_STYLE, MOST_HTML = 60_000, 20_480, 40_000
PAGES = [
    "/",
    "/c/lanterns/",
    "/search/?q=lantern",
    "/p/{product}/",
    "/s/{shop}/",
    "/cart/",
    "/checkout/",
    "/categories/",
    "/help/",
    "/sign-in/",
]
_SCRIPT = re.compile(r'<script[^>]+src="/static/([^"?]+)')
_STYLE = re.compile(r'<link[^>]+rel="stylesheet"[^>]+href="/static/([^"?]+)')
_FROM = re.compile(r'<(?:script|link|img|source|iframe|video|audio)\b[^>]+?(?:src|href|srcset)="(?:https?:)?//([^/"]+)')


@pytest.fixture
def places(db: None) -> dict[str, str]:
    """Thirty products with long names, brands, colours and texts: a full page of each kind."""
    category, merchant = make_category("Lanterns"), make_seller()
    for number in range(30):
        make_product(
            merchant=merchant,
            category=category,
            brand=make_brand(f"A brand with quite a long name {number}"),
            title=f"Hand-folded paper lantern with a bamboo frame, size {number}",
            description="<p>" + "Folded by hand from mulberry paper. " * 30 + "</p>",
            variants=[new_variant(options={"Colour": colour}) for colour in ("Red", "Blue", "Green", "Ivory")],
        )
    goods = make_goods(merchant=merchant, category=category)
    return {"product": goods.product.slug, "shop": merchant.slug, "variant": str(goods.pk)}


def weight(names: list[str]) -> int:
    return sum(len(gzip.compress(Path(str(finders.find(name))).read_bytes(), 9)) for name in dict.fromkeys(names))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_are_light(client: Client, places: dict[str, str], path: str, language: str) -> None:
    client.post("/cart/add/", {"variant": places["variant"]})
    html = client.get(path.format(**places), headers={"Accept-Language": language}).text

    scripts, styles = _SCRIPT.findall(html), _STYLE.findall(html)
    assert scripts
    assert styles
    assert weight(scripts) <= MOST_SCRIPT
    assert weight(styles) <= MOST_STYLE
    assert len(gzip.compress(html.encode(), 6)) <= MOST_HTML


@pytest.mark.parametrize("path", PAGES)
def test_pages_ask_nobody_else(client: Client, places: dict[str, str], path: str) -> None:
    answer = client.get(path.format(**places))

    assert set(_FROM.findall(answer.text)) <= {"testserver", "localhost:8000", "localhost"}
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert [name for name, sources in policy.items() if "http" in sources] in ([], ["form-action"])
