"""The kit papers are printed with."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from core.pdf import Column, Document
from core.pdf.fonts import BOLD, REGULAR, face, printable, width
from core.pdf.text import BODY, broken

COLUMNS = [Column("商品"), Column("数量", amount=True), Column("金额", amount=True)]


def paper(lines: int = 3, language: str = "zh-hans") -> Document:
    document = Document("发票", language, number="2026-000017", foot="湖畔茶业")
    document.parties([("卖方", ["湖畔茶业有限公司", "杭州"]), ("Buyer", ["Zoë Müller", "Berlin"])])
    document.facts([("订单", "J-1"), ("日期", "2026年11月22日"), ("Paid", "yes")], columns=2)
    rows = [(f"龙井茶 {number}\nSKU-{number}", "2", f"¥{number}.50") for number in range(1, lines + 1)]
    document.table(COLUMNS, rows, totals=[("合计", "", "¥1,234.56")])
    document.sums([("Goods", "¥1,200.00"), ("Total", "¥1,234.56")], beneath=[("of it in points", "¥7.00")])
    document.heading("说明", 2)
    document.paragraph("谢谢惠顾。 Thank you.")
    document.rule()
    document.note("小字")
    return document


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def embedded_fonts(reader: PdfReader) -> dict[str, bool]:
    resources: list[Any] = [page["/Resources"] for page in reader.pages]
    fonts = [font.get_object() for found in resources for font in found["/Font"].values()]
    return {str(font["/BaseFont"]): "/FontFile2" in font["/FontDescriptor"] for font in fonts if "/FontDescriptor" in font}


def test_chinese_and_amounts_can_be_read_out_of_a_paper() -> None:
    text = read(paper().render()).pages[0].extract_text()

    for piece in ("湖畔茶业有限公司", "龙井茶 3", "SKU-3", "¥1,234.56", "Zoë Müller", "谢谢惠顾。", "2026-000017", "¥7.00"):
        assert piece in text


def test_the_font_travels_with_the_paper_as_a_subset() -> None:
    content = paper().render()

    fonts = embedded_fonts(read(content))
    assert fonts
    assert all(fonts.values())
    assert all("NotoSansSC" in name and "+" in name for name in fonts)
    assert len(content) < 100_000


def test_equal_input_gives_equal_bytes() -> None:
    first = paper().render()

    assert paper().render() == first
    assert paper(4).render() != first


def test_a_document_can_be_rendered_twice() -> None:
    document = paper()

    assert document.render() == document.render()


def test_a_long_table_repeats_its_heading_and_says_which_page_it_is() -> None:
    pages = [page.extract_text() for page in read(paper(lines=90).render()).pages]

    assert len(pages) > 2
    assert all("商品" in page and "2026-000017" in page for page in pages[:-1])
    assert all(f"{number}" in page and f"{len(pages)}" in page for number, page in enumerate(pages, start=1))
    assert sum(page.count("合计") for page in pages) == 1
    assert sum("SKU-" in line for page in pages for line in page.splitlines()) == 90


def test_the_file_says_its_title_author_and_language() -> None:
    reader = read(paper().render())

    assert reader.metadata
    assert (reader.metadata.title, reader.metadata.author) == ("发票 2026-000017", "Jishi 集市")
    assert str(reader.root_object["/Lang"]) == "zh-Hans"
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]


def test_an_empty_document_and_an_empty_table_are_papers_too() -> None:
    document = Document("Statement", "en")
    document.table(COLUMNS, [])
    document.facts([])
    document.sums([])

    assert "Statement" in read(document.render()).pages[0].extract_text()
    assert len(read(Document("", "en").render()).pages) == 1


@pytest.mark.parametrize(
    "text", ["wordwithoutanyspace" * 20, "中" * 300, "中文 and English, (mixed) 好。" * 20, "a\nb\n\nc", "", "，。" * 200]
)
def test_no_line_is_wider_than_its_room_and_no_letter_is_lost(text: str) -> None:
    lines = broken(text, 200, BODY)

    assert all(width(line, BODY.size) <= 200 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_line_does_not_begin_with_closing_punctuation() -> None:
    lines = broken("发票由系统自动开具，请妥善保存。" * 30, 130, BODY)

    assert len(lines) > 10
    assert not any(line.startswith(("，", "。")) for line in lines)


def test_markup_in_a_text_is_only_text() -> None:
    document = Document("x", "en")
    document.paragraph("<b>5 < 6</b> &amp; <para>")

    assert "<b>5 < 6</b> &amp; <para>" in read(document.render()).pages[0].extract_text()


def test_what_the_font_does_not_have_is_written_as_well_as_it_can_be() -> None:
    assert printable("Łódź\u202f1\x00\u200b") == "Lódz 1"
    assert printable("🍵") == "□"


def test_a_text_with_a_rare_character_is_not_set_in_bold() -> None:
    assert face("集市", bold=True) == BOLD
    assert face("鱻", bold=True) == face("集市") == REGULAR
