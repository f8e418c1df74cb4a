import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Picture, Product, ProductCard
from catalog.services.cards import refresh_stale_cards
from core.invariants import violations
from core.outbox import relay
from logistics.models import Stock
from tests.factories.catalog import make_product

pytestmark = pytest.mark.django_db


def make(count: int, seed: int = 1) -> str:
    out = StringIO()
    call_command("make_catalogue", str(count), seed=seed, stdout=out, stderr=StringIO())
    return out.getvalue()


def cards() -> list[Any]:
    names = ("pk", "version", "picture", "reference_minor", "in_stock", "sold", "search", "facets")
    return list(ProductCard.objects.order_by("pk").values_list(*names))


def test_a_synthetic_catalogue_is_distinct_visible_and_breaks_no_rule() -> None:
    told = make(120)
    relay(now=dt.datetime.now(dt.UTC))

    assert "120 products" in told
    assert "products/s" in told
    assert Product.objects.values("title").distinct().count() == 120
    assert ProductCard.objects.filter(is_visible=True).count() == 120
    assert ProductCard.objects.values("category_path").distinct().count() == 100
    assert set(Stock.objects.filter(on_hand__gt=0).values_list("variant__product_id", flat=True)) == set(
        ProductCard.objects.filter(in_stock=True).values_list("pk", flat=True)
    )
    reduced = ProductCard.objects.filter(discount_bps__gt=0).count()
    assert reduced == Product.objects.filter(variants__compare_at_minor__gt=0).count() > 0
    as_made = cards()
    ProductCard.objects.update(is_stale=True)
    while refresh_stale_cards():
        pass
    assert cards() == as_made
    assert violations() == {}


def test_the_same_seed_makes_the_same_products_and_both_runs_stay() -> None:
    make(3, seed=7)
    first = sorted(Product.objects.values_list("title", flat=True))

    make(3, seed=7)

    assert sorted(Product.objects.values_list("title", flat=True)) == sorted(first * 2)


def test_pictures_that_exist_are_shown_again() -> None:
    shown = {"original": "products/a/original.webp", "width": 9, "height": 9, "tint": "#ffffff", "widths": [160], "formats": ["jpg"]}
    Picture.objects.create(product=make_product(), **shown)

    make(2)

    assert ProductCard.objects.filter(picture="products/a", picture_widths=[160]).count() == 2


@pytest.mark.parametrize("count", ["0", "-1", "1000001"])
def test_a_senseless_number_of_products_is_refused(count: str) -> None:
    with pytest.raises(CommandError):
        call_command("make_catalogue", "--", count)

    assert not Product.objects.exists()
