"""Rates are kept once per pair and day and never changed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core.exchange.errors import CurrencyNotOffered, RateImplausible, RateInvalid, RateKnown
from core.exchange.files import RateRow, rates_in
from core.exchange.selectors import conversion_to, offered_currencies
from core.exchange.services import add_rates
from core.models import ExchangeRate
from tests.factories.exchange import make_rates

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 20)
AT = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
BANK = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject>
<Cube><Cube time="2026-11-20"><Cube currency="USD" rate="1.1555"/><Cube currency="JPY" rate="179.37"/></Cube></Cube>
</gesmes:Envelope>"""


def add(*rows: tuple[str, str, str, dt.date], **options: Any) -> Any:
    made = [RateRow(base, quote, Decimal(rate), on) for base, quote, rate, on in rows]
    return add_rates(rows=made, **{"source": "entered", "actor": "operator:test", "at": AT, **options})


def test_the_same_rate_again_changes_nothing_and_another_one_is_refused() -> None:
    add(("USD", "JPY", "155.23", TODAY))

    again = add(("USD", "JPY", "155.23", TODAY), ("USD", "EUR", "0.86", TODAY))

    assert (again.added, again.known) == (1, 1)
    with pytest.raises(RateKnown, match=r"155\.23 already"):
        add(("USD", "KWD", "0.3", TODAY), ("USD", "JPY", "155.24", TODAY))
    assert ExchangeRate.objects.count() == 2


@pytest.mark.parametrize(
    "row",
    [
        ("USD", "USD", "1", TODAY),
        ("USD", "XXQ", "1", TODAY),
        ("USD", "JPY", "0", TODAY),
        ("USD", "JPY", "-1", TODAY),
        ("USD", "JPY", "NaN", TODAY),
        ("USD", "JPY", "Infinity", TODAY),
        ("USD", "JPY", "1e12", TODAY),
        ("USD", "JPY", "1.0000000000001", TODAY),
        ("USD", "JPY", "155", TODAY + dt.timedelta(days=2)),
    ],
)
def test_what_is_not_a_rate_is_refused(row: tuple[str, str, str, dt.date]) -> None:
    with pytest.raises(RateInvalid):
        add(row)

    assert not ExchangeRate.objects.exists()


def test_a_slip_of_the_finger_has_to_be_confirmed() -> None:
    add(("USD", "JPY", "155.23", TODAY - dt.timedelta(days=1)))

    with pytest.raises(RateImplausible, match=r"155\.23 to 1552\.3"):
        add(("USD", "JPY", "1552.3", TODAY))
    add(("USD", "JPY", "1552.3", TODAY), is_checked=True)

    assert ExchangeRate.objects.count() == 2


@pytest.mark.parametrize("statement", ["UPDATE core_exchangerate SET rate = 1", "DELETE FROM core_exchangerate"])
def test_the_database_refuses_to_change_a_rate(statement: str) -> None:
    make_rates()

    with pytest.raises(IntegrityError, match="orders were made by them"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_currency_is_offered_while_its_rate_is_fresh(settings: Any) -> None:
    settings.EXCHANGE_RATE_DAYS = 7
    make_rates(TODAY, JPY="155.23")
    make_rates(TODAY + dt.timedelta(days=2), EUR="0.86")

    assert offered_currencies(TODAY) == ("USD", "JPY")
    assert offered_currencies(TODAY + dt.timedelta(days=7)) == ("USD", "EUR", "JPY")
    assert offered_currencies(TODAY + dt.timedelta(days=8)) == ("USD", "EUR")
    with pytest.raises(CurrencyNotOffered):
        conversion_to("JPY", TODAY + dt.timedelta(days=8))
    with pytest.raises(CurrencyNotOffered):
        conversion_to("GBP", TODAY)


def test_the_newest_rate_counts() -> None:
    make_rates(TODAY - dt.timedelta(days=1), JPY="150")
    make_rates(TODAY, JPY="160")

    assert conversion_to("JPY", TODAY).price(100, "USD") == 160
    assert conversion_to("JPY", TODAY - dt.timedelta(days=1)).price(100, "USD") == 150


def test_rates_come_out_of_a_table_or_the_banks_file() -> None:
    table = "base,quote,rate,on\nusd, JPY ,155.23,2026-11-20\n".encode("utf-8-sig")

    assert rates_in(table) == [RateRow("USD", "JPY", Decimal("155.23"), TODAY)]
    assert rates_in(BANK.encode()) == [RateRow("EUR", "USD", Decimal("1.1555"), TODAY), RateRow("EUR", "JPY", Decimal("179.37"), TODAY)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"from,to\nUSD,JPY",
        b"base,quote,rate,on\nUSD,JPY,many,2026-11-20",
        b"base,quote,rate,on\nUSD,JPY,1,yesterday",
        b"<Cube",
        b'<!DOCTYPE a [<!ENTITY a "aaaa">]><Cube time="2026-11-20"><Cube currency="USD" rate="&a;"/></Cube>',
    ],
)
def test_what_is_no_file_of_rates_is_refused(content: bytes) -> None:
    with pytest.raises(RateInvalid):
        rates_in(content)


def test_the_command_takes_a_file_and_says_what_was_new(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "rates.csv"
    path.write_text(f"base,quote,rate,on\nUSD,JPY,155.23,{timezone.localdate()}\n")

    call_command("import_rates", str(path))
    call_command("import_rates", str(path))

    assert "1 new, 0 known" in capsys.readouterr().out
    assert ExchangeRate.objects.get().source == "file"
    path.write_text("nothing")
    with pytest.raises(CommandError):
        call_command("import_rates", str(path))
