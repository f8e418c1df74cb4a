"""Whoever changes a price leaves a row behind, and what is said of a reduction follows from those rows alone."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import InternalError, connection, transaction
from django.test import Client

from catalog.models import PriceChange, Variant, VariantPrice
from catalog.rules.price_history import Change, chart_of, percent_below, points_in, prior_minor
from catalog.selectors import CardQuery, cards_by_ids, find_cards, price_histories
from catalog.services.cards import refresh_cards
from catalog.services.price_history import forget_old_prices
from catalog.services.prices import set_price
from catalog.services.variants import update_variant
from core.exchange.rules import Conversion, Quote
from core.ids import uuid7
from core.invariants import broken
from tests.factories.catalog import make_product, make_variant, new_variant
from tests.factories.exchange import into, make_rates

NOW = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)
OPENED = NOW - dt.timedelta(days=200)
VARIANT = uuid7()


def days_ago(days: float) -> dt.datetime:
    return NOW - dt.timedelta(days=days)


def asked(days: float, minor: int | None, was: int | None = None, currency: str = "USD") -> Change:
    return Change(VARIANT, "USD", currency, minor, was, days_ago(days))


def prior(*changes: Change, opened: dt.datetime = OPENED, conversion: Conversion | None = None) -> int | None:
    return prior_minor(points_in(changes, conversion), opened)


def recorded(variant: Variant) -> list[tuple[str, int | None, int | None]]:
    return list(PriceChange.objects.filter(variant=variant).order_by("at").values_list("currency", "price_minor", "compare_at_minor"))


@pytest.mark.django_db
class TestRecording:
    def test_each_change_of_a_price_is_kept_in_order(self) -> None:
        cup = make_variant(price_minor=2_000)

        update_variant(variant_id=cup.pk, price_minor=1_500, compare_at_minor=2_000)
        update_variant(variant_id=cup.pk, weight_g=5)

        assert recorded(cup) == [("USD", 2_000, None), ("USD", 1_500, 2_000)]

    def test_a_price_in_another_currency_is_kept_and_so_is_its_end(self) -> None:
        make_rates()
        cup = make_variant(price_minor=2_000)

        set_price(variant_id=cup.pk, currency="JPY", price_minor=3_000)
        set_price(variant_id=cup.pk, currency="JPY", price_minor=2_800, compare_at_minor=3_000)
        set_price(variant_id=cup.pk, currency="JPY", price_minor=None)

        assert recorded(cup)[1:] == [("JPY", 3_000, None), ("JPY", 2_800, 3_000), ("JPY", None, None)]

    def test_writers_in_bulk_cannot_forget_it(self) -> None:
        cups = list(make_product(variants=[new_variant(options={"Colour": name}) for name in ("Red", "Blue")]).variants.all())

        Variant.objects.filter(pk__in=[cup.pk for cup in cups]).update(price_minor=777)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE catalog_variant SET price_minor = 778 WHERE id = %s", [cups[0].pk])

        assert recorded(cups[0])[-2:] == [("USD", 777, None), ("USD", 778, None)]
        assert recorded(cups[1])[-1] == ("USD", 777, None)
        assert broken(["invariant_price_history"]) == []

    def test_what_is_undone_was_never_asked(self) -> None:
        cup = make_variant(price_minor=2_000)

        with pytest.raises(RuntimeError), transaction.atomic():
            update_variant(variant_id=cup.pk, price_minor=1)
            raise RuntimeError

        assert recorded(cup) == [("USD", 2_000, None)]

    @pytest.mark.parametrize("statement", ["UPDATE catalog_pricechange SET price_minor = 1", "DELETE FROM catalog_pricechange"])
    def test_nobody_rewrites_the_past(self, statement: str) -> None:
        cup = make_variant(price_minor=2_000)

        with pytest.raises(InternalError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

        assert recorded(cup) == [("USD", 2_000, None)]

    def test_a_deleted_variant_takes_its_past_along(self) -> None:
        make_rates()
        cup = make_variant()
        set_price(variant_id=cup.pk, currency="JPY", price_minor=3_000)

        VariantPrice.objects.filter(variant=cup).delete()
        Variant.objects.filter(pk=cup.pk).delete()

        assert not PriceChange.objects.filter(variant_id=cup.pk).exists()

    def test_what_is_older_than_400_days_is_forgotten_but_for_what_was_in_force_then(self) -> None:
        cup = make_variant(price_minor=2_000)
        now = PriceChange.objects.get(variant=cup).at
        for days, minor in ((600, 500), (500, 400), (399, 300)):
            PriceChange.objects.create(variant=cup, currency="USD", price_minor=minor, at=now - dt.timedelta(days=days))

        gone = forget_old_prices(at=now)

        assert gone == 1
        assert forget_old_prices(at=now) == 0
        assert set(PriceChange.objects.filter(variant=cup).values_list("price_minor", flat=True)) == {300, 400, 2_000}


class TestThePriceBeforeAReduction:
    def test_it_is_the_lowest_of_the_30_days_before(self) -> None:
        assert prior(asked(100, 3_000), asked(45, 2_600), asked(35, 2_800), asked(10, 2_000, 3_000)) == 2_600

    def test_what_ended_earlier_does_not_count(self) -> None:
        assert prior(asked(100, 1_000), asked(41, 2_800), asked(10, 2_000, 3_000)) == 2_800

    def test_a_price_that_was_never_asked_before_has_none(self) -> None:
        assert prior(asked(50, 2_000, 3_000)) is None

    def test_prices_of_a_draft_were_asked_of_nobody(self) -> None:
        assert prior(asked(50, 9_900), asked(20, 2_000, 9_900), opened=days_ago(20)) is None

    def test_without_a_reduction_there_is_nothing_to_say(self) -> None:
        assert prior(asked(50, 3_000), asked(20, 2_000)) is None

    def test_a_further_reduction_is_compared_with_the_one_before(self) -> None:
        assert prior(asked(50, 3_000), asked(20, 2_500, 3_000), asked(5, 2_000, 3_000)) == 2_500

    def test_another_compare_at_price_alone_starts_no_new_reduction(self) -> None:
        assert prior(asked(50, 3_000), asked(20, 2_500, 3_000), asked(5, 2_500, 9_900)) == 3_000

    def test_a_price_raised_before_its_reduction_is_seen_through(self) -> None:
        found = prior(asked(50, 2_000), asked(12, 4_000), asked(10, 2_100, 4_000))

        assert found == 2_000
        assert percent_below(2_100, found) == 0

    def test_in_another_currency_it_is_converted_until_the_merchant_set_it_there(self) -> None:
        yen = Conversion("JPY", {"USD": Quote(Decimal(150), dt.date.max)})

        assert prior(asked(50, 2_000), asked(10, 2_500, 2_900, "JPY"), conversion=yen) == 3_000
        assert prior(asked(50, 2_000), asked(40, 2_700, None, "JPY"), asked(10, 2_500, 2_900, "JPY"), conversion=yen) == 2_700


class TestTheCurve:
    def test_it_starts_with_the_price_in_force_90_days_ago(self) -> None:
        points = points_in([asked(150, 3_000), asked(45, 2_000)], None)

        chart = chart_of(points, OPENED, NOW)

        assert chart is not None
        assert chart.line == "0,10 300,10 300,110 600,110"
        assert [minor for _, minor in chart.rows] == [2_000, 3_000]
        assert (chart.low_minor, chart.high_minor) == (2_000, 3_000)

    def test_one_price_all_the_time_is_no_curve(self) -> None:
        assert chart_of(points_in([asked(150, 2_000), asked(10, 2_000, 3_000)], None), OPENED, NOW) is None


@pytest.mark.django_db
class TestOnThePage:
    def past(self, variant: Variant, *rows: tuple[int, int, int | None]) -> None:
        now = PriceChange.objects.filter(variant=variant).latest("at").at
        for days, minor, was in rows:
            PriceChange.objects.create(
                variant=variant, currency="USD", price_minor=minor, compare_at_minor=was, at=now - dt.timedelta(days=days)
            )

    def cup(self, **overrides: Any) -> Variant:
        fields = {"price_minor": 2_000, "compare_at_minor": 4_000, **overrides}
        return make_product(variants=[new_variant(**fields)], at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)).variants.get()

    def test_a_reduction_names_the_lowest_price_before_it_and_counts_from_there(self, client: Client) -> None:
        cup = self.cup()
        self.past(cup, (60, 2_500, None), (5, 2_000, 4_000))

        page = client.get(f"/p/{cup.product.slug}/").content.decode()

        assert "Lowest price in the 30 days before the reduction:" in page
        assert "$25.00" in page
        assert "−20%" in page
        assert "−50%" not in page
        assert "<polyline" in page

    def test_a_compare_at_price_nobody_was_asked_gives_no_percentage(self, client: Client) -> None:
        cup = self.cup()

        page = client.get(f"/p/{cup.product.slug}/").content.decode()

        assert "$40.00" in page
        assert "−50%" not in page
        assert 'data-testid="prior-price"' in page
        assert 'hidden data-testid="prior-price"' in page

    def test_lists_strike_through_what_the_page_names_and_announce_no_more(self, client: Client) -> None:
        cup, never = self.cup(), self.cup()
        self.past(cup, (60, 2_500, None), (5, 2_000, 4_000))
        refresh_cards([cup.product_id, never.product_id])

        (asked, made_up) = cards_by_ids([cup.product_id, never.product_id], "en")
        page = client.get("/search/?deal=1").content.decode()

        assert (asked.reference_minor, asked.discount_percent) == (2_500, 20)
        assert (made_up.reference_minor, made_up.discount_percent) == (None, 0)
        assert [card.product_id for card in find_cards(CardQuery(facets={"p": ("1",)}), "en").cards] == [cup.product_id]
        assert "$25.00" in page
        assert "$40.00" not in page

    def test_a_price_raised_for_its_reduction_is_reduced_in_no_list(self) -> None:
        cup = make_variant(price_minor=2_000)

        update_variant(variant_id=cup.pk, price_minor=4_000)
        update_variant(variant_id=cup.pk, price_minor=2_100, compare_at_minor=4_000)

        assert cards_by_ids([cup.product_id], "en")[0].reference_minor is None

    @pytest.mark.parametrize("steps", [[(3_300, None), (2_980, 3_500)], [(2_900, 3_500)], [(2_500, None), (2_400, 3_500)]])
    def test_in_a_currency_priced_by_hand_lists_and_page_say_the_same(self, steps: list[tuple[int, int | None]]) -> None:
        make_rates()
        cup = make_variant(price_minor=2_000)
        for minor, was in steps:
            set_price(variant_id=cup.pk, currency="JPY", price_minor=minor, compare_at_minor=was)

        card = cards_by_ids([cup.product_id], "en")[0].priced(into("JPY"))
        now = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
        page = price_histories([cup.pk], into("JPY"), opened=cup.product.published_at, at=now)[cup.pk]

        assert (card.discount_percent, card.reference_minor) == (page.off, page.prior_minor)
        assert card.discount_percent > 0

    def test_all_variants_are_read_in_one_statement(self, django_assert_num_queries: Any) -> None:
        cups = make_product(variants=[new_variant(options={"Colour": name}) for name in ("Red", "Blue", "Green")]).variants.all()
        keys = [cup.pk for cup in cups]

        with django_assert_num_queries(1):
            found = price_histories(keys, None, opened=OPENED, at=NOW + dt.timedelta(days=900))

        assert set(found) == set(keys)
