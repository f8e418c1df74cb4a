import pytest

from logistics.models import Stock, StockMovement
from tests.api.conftest import make_partner
from tests.factories.logistics import make_stock
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db


def test_a_count_becomes_a_movement_with_a_reason() -> None:
    row = make_stock(10)
    partner = make_partner(row.merchant)

    answer = partner.send("PATCH", f"/stock/{row.pk}/", {"on_hand": 7, "note": "shelf count"}, key="count-1")

    assert (answer.status_code, answer.json()["on_hand"], answer.json()["available"]) == (200, 7, 7)
    movement = StockMovement.objects.get(stock=row, delta=-3)
    assert (movement.note, movement.actor) == ("shelf count", f"api:{partner.key.prefix}")


def test_a_count_below_what_is_promised_is_refused() -> None:
    """STK09."""
    walk = order_up_to("paid", quantity=2)
    row = Stock.objects.get(variant=walk.order.lines.get().variant)

    answer = make_partner(walk.order.merchant).send("PATCH", f"/stock/{row.pk}/", {"on_hand": 1}, key="k")

    assert answer.status_code == 409
    assert Stock.objects.get(pk=row.pk).on_hand == row.on_hand


def test_a_count_made_before_somebody_elses_is_refused() -> None:
    """STK10."""
    row = make_stock(10)

    answer = make_partner(row.merchant).send("PATCH", f"/stock/{row.pk}/", {"on_hand": 7, "expected_on_hand": 9}, key="k")

    assert (answer.status_code, answer.json()["code"]) == (409, "stale_state")
    assert Stock.objects.get(pk=row.pk).on_hand == 10


@pytest.mark.parametrize("body", [{}, {"on_hand": -1}, {"on_hand": 1e30}, {"on_hand": "many"}, {"on_hand": None}, {"on_hand": 1.5}])
def test_a_count_that_makes_no_sense_is_refused(body: object) -> None:
    row = make_stock(10)

    answer = make_partner(row.merchant).send("PATCH", f"/stock/{row.pk}/", body, key="k")

    assert answer.status_code == 400
    assert Stock.objects.get(pk=row.pk).on_hand == 10


def test_another_merchants_stock_is_neither_listed_nor_changed() -> None:
    row = make_stock(10)
    stranger = make_partner()

    listed = stranger.get("/stock/", sku=row.variant.sku)
    changed = stranger.send("PATCH", f"/stock/{row.pk}/", {"on_hand": 1}, key="k")

    assert listed.json()["results"] == []
    assert changed.status_code == 404
    assert Stock.objects.get(pk=row.pk).on_hand == 10
