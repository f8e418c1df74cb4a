"""Reading CSV statements (IMP01, IMP03): what cannot be read is told row by row, and nothing is guessed."""

import datetime as dt

import pytest

from payments.bank_statement import BadRow, statement_rows
from payments.errors import StatementUnreadable
from payments.gateways.bank_books import BookedLine

HEAD = "date,amount,currency,reference,transaction id\n"


def read(text: str, encoding: str = "utf-8") -> list[BookedLine | BadRow | None]:
    return [row for _number, row in statement_rows(text.encode(encoding))]


def test_a_line_is_read_with_its_sum_in_minor_units() -> None:
    rows = read(HEAD + "2026-11-22,90.00,USD,RF18 5390 0754 70,TX1\n")

    assert rows == [BookedLine("TX1", dt.date(2026, 11, 22), 9_000, "USD", "RF18 5390 0754 70")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings_that_banks_use_are_known(encoding: str) -> None:
    rows = read("交易日期;金额;币种;附言;流水号;对方账号\n2026/11/22;1,500;JPY;货款;A-1;6222 0001\n", encoding)

    assert rows == [BookedLine("A-1", dt.date(2026, 11, 22), 1_500, "JPY", "货款", "6222 0001")]


@pytest.mark.parametrize(("currency", "amount", "minor"), [("JPY", "1500", 1_500), ("KWD", "12.345", 12_345), ("USD", "1,234.5", 123_450)])
def test_currencies_without_and_with_three_decimals_are_right(currency: str, amount: str, minor: int) -> None:
    (row,) = read(f'{HEAD}2026-11-22,"{amount}",{currency},,TX1\n')

    assert isinstance(row, BookedLine)
    assert row.amount_minor == minor


def test_money_that_went_out_is_left_out() -> None:
    assert read(HEAD + "2026-11-22,-5.00,USD,,TX1\n22.11.2026,0,USD,,TX2\n") == [None, None]


@pytest.mark.parametrize(
    "row",
    [
        "2026-11-22,1.234.56,USD,,TX1",
        '2026-11-22,"12,34",USD,,TX1',
        "2026-11-22,1e3,USD,,TX1",
        "2026-11-22,NaN,USD,,TX1",
        "2026-11-22,１２,USD,,TX1",
        "2026-11-22,1.999,USD,,TX1",
        "2026-11-22,10.5,JPY,,TX1",
        "2026-11-22,9999999999999999999,USD,,TX1",
        "2026-13-22,1.00,USD,,TX1",
        "yesterday,1.00,USD,,TX1",
        "2026-11-22,1.00,Dollar,,TX1",
        "2026-11-22,1.00,USD,,",
        f"2026-11-22,1.00,USD,,{'x' * 81}",
        "2026-11-22",
    ],
)
def test_a_row_that_cannot_be_read_is_told_by_its_line_and_the_others_are_read(row: str) -> None:
    rows = read(f"{HEAD}{row}\n2026-11-22,2.00,USD,,TX2\n")

    assert isinstance(rows[0], BadRow)
    assert rows[0].number == 2
    assert isinstance(rows[1], BookedLine)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"hello", b"date,amount\n", b"\xff\xfe\x00", b"a\0b", b"x" * 5_000_001])
def test_what_is_no_statement_is_refused_whole(content: bytes) -> None:
    with pytest.raises(StatementUnreadable):
        statement_rows(content)


def test_text_that_looks_like_a_formula_stays_text() -> None:
    (row,) = read(HEAD + '2026-11-22,1.00,USD,"=HYPERLINK(""http://x"")",TX1\n')

    assert isinstance(row, BookedLine)
    assert row.text == '=HYPERLINK("http://x")'
