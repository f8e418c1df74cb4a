"""What runs low, how long goods last at the pace of the last 30 days, and how old they are."""

import datetime as dt

import pytest

from logistics import services
from logistics.errors import InvalidQuantity, NotFound
from logistics.models import Stock
from logistics.stock_selectors import covered_for_less, low, older_than, shelf_figures
from tests.factories.logistics import NOW, make_reservations, make_stock

pytestmark = pytest.mark.django_db


def send(stock: Stock, pieces: int, at: dt.datetime = NOW) -> None:
    [row] = make_reservations({stock: pieces}, committed=True)
    services.ship(reference=row.group, merchant_id=row.merchant_id, carrier="SF", tracking_number="1", actor="system:test", at=at)


def test_goods_last_as_long_as_they_sold_in_the_last_thirty_days() -> None:
    stock = make_stock(50)
    send(stock, 20, NOW - dt.timedelta(days=2))
    send(stock, 10, NOW - dt.timedelta(days=31))
    stock.refresh_from_db()

    figures = shelf_figures([stock.pk], NOW)[stock.pk]

    assert (figures.sold, figures.cover_days(stock.available)) == (20, 30)
    rows = Stock.objects.all()
    assert [covered_for_less(rows, days, NOW).exists() for days in (30, 31)] == [False, True]


def test_what_left_was_the_oldest() -> None:
    stock = make_stock(5, at=NOW - dt.timedelta(days=100))
    services.receive_stock(
        variant=stock.variant, warehouse=stock.warehouse, quantity=5, actor="system:test", at=NOW - dt.timedelta(days=10)
    )
    before = shelf_figures([stock.pk], NOW)[stock.pk].oldest_at
    send(stock, 5)
    after = shelf_figures([stock.pk], NOW)[stock.pk].oldest_at

    assert (before, after) == (NOW - dt.timedelta(days=100), NOW - dt.timedelta(days=10))
    assert [older_than(Stock.objects.all(), days, NOW).exists() for days in (9, 90)] == [True, False]


def test_a_shelf_runs_low_by_its_own_threshold_or_its_warehouses() -> None:
    stock = make_stock(8)
    as_the_warehouse = low(Stock.objects.all()).exists()

    services.set_low_stock(stock_id=stock.pk, low_at=8, merchant_id=stock.merchant_id)

    assert (as_the_warehouse, low(Stock.objects.all()).exists()) == (False, True)
    with pytest.raises(InvalidQuantity):
        services.set_low_stock(stock_id=stock.pk, low_at=-1, merchant_id=stock.merchant_id)
    with pytest.raises(NotFound):
        services.set_low_stock(stock_id=stock.pk, low_at=1, merchant_id=stock.pk)
