"""What a merchant says about a warehouse: whom it serves, when it sends and what a parcel costs."""

import datetime as dt
from decimal import Decimal

import pytest

from core.ids import uuid7
from logistics import services
from logistics.errors import CodeTaken, InvalidWarehouse, NotFound
from logistics.rules import Zone
from logistics.services import Terms
from tests.factories.logistics import make_warehouse

pytestmark = pytest.mark.django_db


def test_terms_are_kept_as_they_are_compared() -> None:
    house = make_warehouse()
    terms = Terms(
        latitude=Decimal("31.8206"), longitude=Decimal("117.2272"), zones=[Zone("GB", ("sw1a 1", "SW1A-1"))], parcel_cost_minor=800,
        cut_off=dt.time(16), working_days=[5, 1, 1], holidays=[dt.date(2027, 2, 6)], priority=3,
    )  # fmt: skip

    services.set_warehouse_terms(warehouse_id=house.pk, terms=terms, merchant_id=house.merchant_id)

    house.refresh_from_db()
    assert house.zones == [{"country": "GB", "prefixes": ["SW1A1"]}]
    assert (house.working_days, house.holidays, house.priority) == ([1, 5], ["2027-02-06"], 3)
    assert (house.parcel_cost_minor, house.cost_currency, house.cut_off) == (800, "USD", dt.time(16))


@pytest.mark.parametrize(
    "wrong",
    [
        {"latitude": Decimal(1)},
        {"latitude": Decimal(91), "longitude": Decimal(0)},
        {"latitude": Decimal(0), "longitude": Decimal(181)},
        {"zones": [Zone("XX")]},
        {"zones": [Zone("CN", (" ",))]},
        {"parcel_cost_minor": -1},
        {"time_zone": "Mars/Olympus"},
        {"working_days": []},
        {"working_days": [8]},
        {"priority": -1},
    ],
)
def test_terms_that_cannot_be_are_refused(wrong: dict[str, object]) -> None:
    house = make_warehouse()

    with pytest.raises(InvalidWarehouse):
        services.set_warehouse_terms(warehouse_id=house.pk, terms=Terms(**wrong))  # type: ignore[arg-type]

    house.refresh_from_db()
    assert (house.zones, house.latitude, house.priority) == ([], None, 10)


def test_a_strangers_warehouse_does_not_exist_and_a_code_is_used_once() -> None:
    house = make_warehouse(code="A")

    with pytest.raises(NotFound):
        services.set_warehouse_terms(warehouse_id=house.pk, terms=Terms(), merchant_id=uuid7())
    with pytest.raises(CodeTaken):
        make_warehouse(house.merchant, code="A")
