"""Bins: one by one, as a grid, and what lies in them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from core.errors import DomainError
from logistics.errors import CodeTaken, NotFound
from logistics.floor import services
from logistics.floor.errors import BinInUse, BinListInvalid, BinOutside, InvalidBin, InvalidGrid, InvalidLayout, TooManyBins
from logistics.floor.services.bins import Sizes
from logistics.models import Bin, FloorPlan, Stock, Warehouse
from logistics.rules.bins import aisle_number, bin_name, named
from tests.factories.catalog import make_variant
from tests.factories.floor import make_floor
from tests.factories.logistics import NOW, make_stock, make_warehouse

pytestmark = pytest.mark.django_db


def keys(warehouse: Warehouse) -> dict[str, Any]:
    return {"merchant_id": warehouse.merchant_id, "warehouse_id": warehouse.pk}


def make_bin(warehouse: Warehouse, code: str, **more: Any) -> Bin:
    return services.save_bin(**keys(warehouse), code=code, at=NOW, **more)


def grid(warehouse: Warehouse, aisles: str = "A-F", racks: str = "1-12", levels: str = "1-3", zone: str = "") -> int:
    return services.make_grid(**keys(warehouse), zone=zone, aisles=aisles, racks=racks, levels=levels, at=NOW)


@pytest.mark.parametrize(
    ("typed", "code"), [("A-03-2", "A-03-2"), (" a-3-2 ", "A-03-2"), ("cold-b-12-1", "COLD-B-12-1"), ("7-1-1", "7-01-1"),
     ("Z1-AA-100-4", "Z1-AA-100-4")]
)  # fmt: skip
def test_codes_are_read_as_people_type_them(typed: str, code: str) -> None:
    name = bin_name(typed)

    assert name is not None
    assert name.code == code
    assert bin_name(name.code) == name


@pytest.mark.parametrize("typed", ["", "A", "A-3", "A-x-1", "ABC-1-1", "A-1-1-1-1", "A--1", "甲-1-1", "A-1-100", "%00", "a" * 99])
def test_what_is_no_code_names_no_bin(typed: str) -> None:
    assert bin_name(typed) is None


def test_spans_name_aisles_and_numbers() -> None:
    assert named("A-C", are_aisles=True) == ["A", "B", "C"]
    assert named("y–ab", are_aisles=True) == ["Y", "Z", "AA", "AB"]
    assert named("1-3, 7，9") == ["1", "2", "3", "7", "9"]
    assert [named(text) for text in ("", "3-1", "1-500", "A", "1-A", "x")] == [None] * 6
    assert (aisle_number("A"), aisle_number("Z"), aisle_number("AA"), aisle_number("12")) == (1, 26, 27, 12)


def test_a_bin_stands_where_its_code_says_or_where_somebody_measured() -> None:
    warehouse = make_warehouse()

    by_code, measured = make_bin(warehouse, "c-4-2"), make_bin(warehouse, "A-01-1", aisle_number=9, along_cm=250)

    assert (by_code.code, by_code.aisle_number, by_code.along_cm) == ("C-04-2", 3, 3 * 120 + 60)
    assert (measured.aisle_number, measured.along_cm) == (9, 250)
    moved = make_bin(warehouse, "A-01-1", along_cm=100, bin_id=measured.pk)
    assert (moved.pk, moved.aisle_number, moved.along_cm) == (measured.pk, 1, 100)


def test_a_grid_makes_every_bin_once_and_lengthens_the_aisles() -> None:
    warehouse = make_warehouse()
    make_bin(warehouse, "A-01-1", along_cm=33)

    assert grid(warehouse, racks="1-30") == 6 * 30 * 3 - 1
    assert grid(warehouse, racks="1-30") == 0

    assert Bin.objects.get(warehouse=warehouse, code="A-01-1").along_cm == 33
    assert FloorPlan.objects.get(warehouse=warehouse).length_cm == 30 * 120
    assert Bin.objects.filter(warehouse=warehouse, zone="", aisle="F", aisle_number=6).count() == 90


def test_bins_that_cannot_be_are_refused_and_nothing_is_made() -> None:
    warehouse, other = make_warehouse(), make_warehouse()
    make_bin(warehouse, "A-01-1")
    refusals: list[tuple[type[DomainError], Any]] = [
        (InvalidBin, lambda: make_bin(warehouse, "nowhere")),
        (InvalidBin, lambda: make_bin(warehouse, "A-02-1", aisle_number=0)),
        (CodeTaken, lambda: make_bin(warehouse, "a-1-1")),
        (BinOutside, lambda: make_bin(warehouse, "A-90-1")),
        (InvalidGrid, lambda: grid(warehouse, aisles="?")),
        (InvalidGrid, lambda: grid(warehouse, levels="")),
        (InvalidBin, lambda: grid(warehouse, zone="no zone!")),
        (TooManyBins, lambda: grid(warehouse, racks="1-100", levels="1-9")),
        (NotFound, lambda: services.save_bin(merchant_id=other.merchant_id, warehouse_id=warehouse.pk, code="A-02-1", at=NOW)),
        (InvalidLayout, lambda: services.lay_out_floor(**keys(warehouse), sizes=Sizes(length_cm=0))),
        (InvalidLayout, lambda: services.lay_out_floor(**keys(warehouse), sizes=Sizes(crossings_cm=(9_999,)))),
        (BinOutside, lambda: services.lay_out_floor(**keys(warehouse), sizes=Sizes(length_cm=10))),
    ]

    for error, call in refusals:
        with pytest.raises(error):
            call()

    assert list(Bin.objects.filter(warehouse=warehouse).values_list("code", flat=True)) == ["A-01-1"]
    assert FloorPlan.objects.get(warehouse=warehouse).length_cm == 3_000


def test_a_list_gives_articles_their_bins_all_or_none() -> None:
    floor = make_floor({"A-01-1": 3, "B-02-1": 3})
    first, second = floor.values()
    rows = [(first.variant.sku, "b-2-1"), (second.variant.sku, "")]

    assert services.assign_bins(**keys(first.warehouse), rows=rows) == 2
    assert services.assign_bins(**keys(first.warehouse), rows=rows) == 0

    assert Stock.objects.get(pk=first.pk).bin == second.bin
    assert Stock.objects.get(pk=second.pk).bin is None
    for wrong in ([*rows, ("NOPE", "A-01-1")], [(second.variant.sku, "A-01-1"), (first.variant.sku, "Z-01-1")], rows * 2, []):
        with pytest.raises(BinListInvalid):
            services.assign_bins(**keys(first.warehouse), rows=wrong)
    assert Stock.objects.get(pk=second.pk).bin is None


def test_a_list_takes_few_statements(django_assert_max_num_queries: Any) -> None:
    floor = make_floor({f"A-{rack:02}-1": 1 for rack in range(1, 13)})
    warehouse = next(iter(floor.values())).warehouse
    rows = [(stock.variant.sku, "A-01-1") for stock in floor.values()]

    with django_assert_max_num_queries(6):
        services.assign_bins(**keys(warehouse), rows=rows)


def test_one_article_gets_a_bin_of_its_own_warehouse_only() -> None:
    floor = make_floor({"A-01-1": 3})
    stock = floor["A-01-1"]
    elsewhere = make_stock(2, variant=stock.variant, warehouse=make_warehouse(stock.merchant))

    for code, error in (("A-01-1", NotFound), ("x", InvalidBin)):
        with pytest.raises(error):
            services.set_bin(stock_id=elsewhere.pk, merchant_id=stock.merchant_id, code=code)
    with pytest.raises(NotFound):
        services.set_bin(stock_id=stock.pk, merchant_id=make_variant().merchant_id, code="A-01-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        Stock.objects.filter(pk=elsewhere.pk).update(bin=stock.bin)
        connection.check_constraints()

    services.set_bin(stock_id=stock.pk, merchant_id=stock.merchant_id, code="")
    assert Stock.objects.get(pk=stock.pk).bin is None


def test_a_bin_goes_only_when_it_is_empty() -> None:
    stock = make_floor({"A-01-1": 3})["A-01-1"]
    assert stock.bin is not None

    with pytest.raises(BinInUse):
        services.remove_bin(bin_id=stock.bin.pk, merchant_id=stock.merchant_id)
    with pytest.raises(NotFound):
        services.remove_bin(bin_id=stock.bin.pk, merchant_id=make_warehouse().merchant_id)
    services.set_bin(stock_id=stock.pk, merchant_id=stock.merchant_id, code="")
    services.remove_bin(bin_id=stock.bin.pk, merchant_id=stock.merchant_id)

    assert not Bin.objects.exists()
