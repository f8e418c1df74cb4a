"""Whatever merchants upload is either read, or refused with a reason that a person understands."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from catalog.imports.errors import (
    FileEmpty,
    FileNotText,
    FileRefused,
    HeaderUnclear,
    OldWorkbook,
    TooManyColumns,
    WorkbookBroken,
    WorkbookSuspicious,
)  # fmt: skip
from catalog.imports.files import Row, look, read

HEADER = "SKU,商品名称,Price"
ROW = "A-1,纸灯笼,19.90"


def written(folder: Path, content: bytes | str) -> Path:
    path = folder / "file"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(path: Path) -> list[Row]:
    return list(read(path, look(path).format))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gbk", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_text_is_read_in_every_encoding_with_every_line_end(tmp_path: Path, encoding: str, ends: str) -> None:
    latin = "B-2,Lantern of paper,5" if encoding.startswith("utf-16-") else ROW
    path = written(tmp_path, ends.join(["sku,title,price", latin] if encoding.startswith("utf-16-") else [HEADER, ROW]).encode(encoding))

    assert [row.cells for row in rows(path)] == [latin.split(",")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    path = written(
        tmp_path,
        f"SKU{delimiter}Title{delimiter}Price\nA{delimiter}Lamp, red; new{delimiter}9\n".replace("Lamp, red; new", '"Lamp, red; new"'),
    )

    assert look(path).format.delimiter == delimiter
    assert rows(path)[0].cells == ["A", "Lamp, red; new", "9"]


def test_mixed_line_ends_excels_hint_and_lines_in_cells_are_understood(tmp_path: Path) -> None:
    path = written(tmp_path, 'sep=;\r\nSKU;Title\r\nA;"two\nlines"\rB;b\nC;c')

    assert [row.cells for row in rows(path)] == [["A", "two\nlines"], ["B", "b"], ["C", "c"]]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("A,b\0c,1", "characters"),
        ('A,"never closed,1', "quotes"),
        ('A,"closed" and more,1', "quotes"),
        ("A," + "x" * 1_000_000 + ",1", "cell_too_long"),
        ('A,"' + "x" * 200_000 + '",1', "cell_too_long"),
        ("A," + "x" * 70_000 + ",1", "cell_too_long"),
        ("A,b,1,2", "too_many_cells"),
        (",,", "blank"),
    ],
)
def test_a_bad_row_is_told_and_the_others_are_read(tmp_path: Path, row: str, problem: str) -> None:
    """IMP03: a row that cannot be read costs that row."""
    bad_last = problem == "quotes" and "never" in row
    lines = ["SKU,Title,Price", "first,good,1", *([] if bad_last else [row]), "last,good,2", *([row] if bad_last else [])]
    path = written(tmp_path, "\n".join(lines) + "\n")

    found = rows(path)

    assert [each.problem for each in found if each.problem] == [problem]
    assert [each.cells[0] for each in found if not each.problem] == ["first", "last"]


def test_a_quotation_mark_that_is_never_closed_costs_no_more_than_the_rows_it_swallows(tmp_path: Path) -> None:
    lines = ["SKU,Title", "first,good", 'A,"open', *(f"{number},{'x' * 100}" for number in range(3_000))]
    path = written(tmp_path, "\n".join(lines))

    found = rows(path)

    assert found[0].cells == ["first", "good"]
    assert [each.problem for each in found if each.problem][:1] == ["cell_too_long"]
    assert found[-1].cells[0] == "2999"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", FileEmpty),
        (b"\n\n\n", FileEmpty),
        (b"SKU,Title\n", FileEmpty),
        (b"\xff\xfe\xff", FileNotText),
        (bytes(range(256)) * 40, FileNotText),
        (b"\x89PNG\r\n\x1a\n" + bytes(1000), FileNotText),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), OldWorkbook),
        (b"PK\x03\x04 not really", WorkbookBroken),
        ((",".join(f"c{number}" for number in range(400)) + "\n1\n").encode(), TooManyColumns),
        (b'"SKU,Title\nA,b\n', HeaderUnclear),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, refusal: type[FileRefused]) -> None:
    with pytest.raises(refusal) as told:
        look(written(tmp_path, content))

    assert "%(" not in str(told.value)


def workbook(*cells: list[object]) -> bytes:
    book = Workbook()
    for row in cells:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def packed(entries: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_workbook_is_read_with_its_numbers_as_people_see_them(tmp_path: Path) -> None:
    path = written(tmp_path, workbook(["SKU", "Title", "Price"], [6901234567890, "灯笼", 0.1 + 0.2], [None, None, None], ["B", True, 19.9]))

    assert [row.cells for row in rows(path)] == [["6901234567890", "灯笼", "0.3"], ["B", "TRUE", "19.9"]]


def test_a_workbook_that_grows_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    """UPL07: a bomb is known by the sizes in its directory."""
    bomb = packed({"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": b" " * 50_000_000})

    with pytest.raises(WorkbookSuspicious):
        look(written(tmp_path, bomb))


def test_a_workbook_with_a_million_entries_is_refused_before_they_are_counted(tmp_path: Path) -> None:
    """UPL07: the number stands at the end of the file."""
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xFFFF, 0xFFFF, 46_000_000, 0, 0)

    with pytest.raises(WorkbookSuspicious):
        look(written(tmp_path, b"PK\x03\x04" + bytes(100) + end))


def test_a_workbook_with_entities_is_refused(tmp_path: Path) -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><workbook>&y;</workbook>'

    with pytest.raises(WorkbookSuspicious):
        look(written(tmp_path, packed({"xl/workbook.xml": laughs})))


@pytest.mark.parametrize(
    "entries", [{"a.txt": b"x"}, {"xl/workbook.xml": b"<nonsense"}, {"[Content_Types].xml": b""}, {"../../etc/passwd": b"x"}]
)
def test_a_broken_workbook_is_refused(tmp_path: Path, entries: dict[str, bytes]) -> None:
    with pytest.raises(WorkbookBroken):
        look(written(tmp_path, packed(entries)))


def test_a_workbook_that_is_cut_off_in_the_middle_is_refused(tmp_path: Path) -> None:
    whole = workbook(["SKU", "Title"], *[[f"A-{number}", "x" * 50] for number in range(2_000)])
    damaged = bytearray(whole)
    at = whole.find(b"xl/worksheets/sheet1.xml") + 200
    damaged[at : at + 300] = b"\0" * 300

    with pytest.raises(FileRefused):
        rows(written(tmp_path, bytes(damaged)))
