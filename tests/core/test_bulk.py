import datetime as dt

import pytest
from django.db import connection

from catalog.models import ProductCard
from core.postgresql.bulk import upsert_many
from tests.factories.catalog import make_product, new_variant

pytestmark = pytest.mark.django_db


def test_rows_of_every_type_come_back_as_they_were_given() -> None:
    product = make_product(
        title='Ünï "quoted" \\ 灯笼',
        i18n={"zh-hans": {"title": "灯笼"}},
        variants=[new_variant(price_minor=10**12, compare_at_minor=None)],
    )
    card = ProductCard.objects.get(pk=product.pk)
    card.picture_widths, card.facets, card.tint = [160, 320], ["a=b", 'c="d,e"'], "#aabbcc"
    card.published_at = dt.datetime(2026, 11, 29, 1, 2, 3, 456_789, tzinfo=dt.UTC)

    upsert_many([card], update=["picture_widths", "facets", "tint", "published_at", "search"])

    fresh = ProductCard.objects.get(pk=product.pk)
    for field in (field for field in ProductCard._meta.concrete_fields if not field.generated):
        assert getattr(fresh, field.attname) == getattr(card, field.attname), field.name


def test_fields_that_are_not_named_stay_and_new_rows_are_inserted() -> None:
    product = make_product()
    card = ProductCard.objects.get(pk=product.pk)
    card.title, card.sold = "Other", 99

    upsert_many([card], update=["title"])
    assert ProductCard.objects.values_list("title", "sold").get(pk=product.pk) == ("Other", 0)

    ProductCard.objects.all().delete()
    upsert_many([card], update=["title"])
    assert ProductCard.objects.values_list("title", "sold").get(pk=product.pk) == ("Other", 99)


def test_no_rows_are_no_statement(django_assert_num_queries: object) -> None:
    with connection.execute_wrapper(lambda *_: pytest.fail("a statement")):
        upsert_many([], update=["title"])
