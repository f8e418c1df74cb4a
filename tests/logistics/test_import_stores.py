"""Stores out of a file: each row a warehouse with pick-up; what cannot be read is said row by row."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from logistics.models import PickupPoint, Warehouse
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db
GOOD: dict[str, Any] = {
    "id": 1000, "name": "Market Hall", "address": "340 W Market", "address2": "", "city": "Bloomington", "zip": "55425",
    "location": {"lat": 44.85466, "lon": -93.24565}, "hours": "Mon: 10-9:30; Sun: 11-7",
}  # fmt: skip


def _run(rows: Any, folder: Path, slug: str) -> tuple[str, str, bool]:
    """What was printed, what was complained about, and whether all rows were read."""
    file, out, err = folder / "stores.json", io.StringIO(), io.StringIO()
    file.write_text(json.dumps(rows))
    options: dict[str, Any] = {"merchant": slug, "country": "US", "time_zone": "America/Chicago", "stdout": out, "stderr": err}
    try:
        call_command("import_stores", str(file), **options)
    except CommandError as error:
        return out.getvalue(), err.getvalue() + str(error), False
    return out.getvalue(), err.getvalue(), True


def test_a_row_becomes_a_store_that_offers_pick_up_once(tmp_path: Path) -> None:
    merchant = make_merchant()

    for _ in range(2):
        assert _run([GOOD], tmp_path, merchant.slug)[2]

    point = PickupPoint.objects.select_related("warehouse").get(merchant=merchant)
    house = point.warehouse
    assert (house.code, house.kind, house.city, house.country, house.time_zone) == (
        "S1000",
        "store",
        "Bloomington",
        "US",
        "America/Chicago",
    )
    assert (float(house.latitude or 0), point.address, point.hours_text) == (44.85466, "340 W Market", "Mo 10:00-21:30; Su 11:00-19:00")


def test_rows_that_cannot_be_read_are_named_and_the_others_are_kept(tmp_path: Path) -> None:
    merchant = make_merchant()
    wrong = [
        {**GOOD, "id": 1, "hours": "sometimes"}, {**GOOD, "id": 2, "location": None}, {**GOOD, "id": 3, "name": ""}, "a text",
        {**GOOD, "id": 4, "location": {"lat": "x", "lon": 1}}, {**GOOD, "id": 5, "location": {"lat": 95, "lon": 1}},
        {**GOOD, "id": 6, "hours": ""}, {**GOOD, "id": "x" * 40},
    ]  # fmt: skip

    out, err, is_all = _run([*wrong, GOOD], tmp_path, merchant.slug)

    assert not is_all
    assert all(f"row {number}:" in err for number in range(1, 9))
    assert "hours cannot be read: sometimes" in err
    assert "1 of 9" in out
    assert list(Warehouse.objects.filter(merchant=merchant).values_list("code", flat=True)) == ["S1000"]


@pytest.mark.parametrize("rows", [{"a": 1}, "text"])
def test_a_file_without_a_list_is_refused(tmp_path: Path, rows: Any) -> None:
    assert not _run(rows, tmp_path, make_merchant().slug)[2]


def test_an_unknown_merchant_is_refused(tmp_path: Path) -> None:
    assert "no merchant nobody" in _run([GOOD], tmp_path, "nobody")[1]
