from __future__ import annotations

import functools
import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.utils import translation
from reportlab.lib.pagesizes import A4
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, Frame, KeepTogether, PageBreak, PageTemplate, Spacer
from reportlab.platypus.flowables import HRFlowable

from core.pdf.codes import Codes
from core.pdf.fonts import printable, width
from core.pdf.pages import MARGIN, PAGE_HEIGHT, PAGE_WIDTH, Furniture, NumberedCanvas
from core.pdf.tables import Column, bare, label, ruled, value
from core.pdf.text import BODY, INK, RULE, SMALL, Style, Text

ROOM = PAGE_WIDTH - 2 * MARGIN
MASTHEAD = 52.0
HEADINGS = {1: Style(size=13, leading=19, bold=True), 2: Style(size=10, leading=15, bold=True)}
BRAND = "Jishi 集市"


class Document:
    """An A4 paper made of blocks, in the order in which they are added. All texts are plain; amounts come formatted.

    `language` (a Django language code) is that of the page numbers and of the file; `number` and `foot` (a line about the
    issuer) stand at the foot of each page.
    """

    def __init__(self, title: str, language: str, *, author: str = BRAND, number: str = "", foot: str = "") -> None:
        self.language = language
        self._furniture = Furniture(printable(title), printable(author), printable(number), printable(foot))
        self._blocks: list[Flowable] = []

    def heading(self, text: str, level: int = 1) -> None:
        """A heading of level 1 or 2; it never stands alone at the end of a page."""
        self._blocks += [CondPageBreak(70), Spacer(0, 10 if level == 1 else 6), Text(text, HEADINGS[level]), Spacer(0, 3)]

    def paragraph(self, text: str) -> None:
        """Running text, broken into lines; its own line ends are kept."""
        self._blocks += [Text(text), Spacer(0, 5)]

    def note(self, text: str) -> None:
        """Small print."""
        self._blocks += [Text(text, SMALL), Spacer(0, 4)]

    def facts(self, pairs: Sequence[tuple[str, str]], columns: int = 1) -> None:
        """Names and values beside each other, in one or more columns, filled row by row."""
        wide = ROOM / columns
        names = min(max((_natural(name) for name, _ in pairs), default=0) + 12, wide * 0.5)
        cells: list[Any] = [cell for name, text in pairs for cell in (label(name), value(text))]
        cells += [""] * (-len(cells) % (2 * columns))
        rows = [cells[start : start + 2 * columns] for start in range(0, len(cells), 2 * columns)]
        if rows:
            self._blocks += [bare(rows, [names, wide - names] * columns), Spacer(0, 8)]

    def parties(self, parties: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Who is concerned, side by side: a name for each (such as seller), then its lines, the first one strong."""
        heads = [Text(role, replace(SMALL, bold=True)) for role, _ in parties]
        bodies = [[value(line, bold=index == 0) for index, line in enumerate(filter(None, lines))] or "" for _, lines in parties]
        wide = ROOM / max(len(parties), 1)
        self._blocks += [bare([heads, bodies], [wide - 10] * len(parties)), Spacer(0, 10)]

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], totals: Sequence[Sequence[str]] = ()) -> None:
        """A table of formatted texts, its heading repeated on each page; `totals` are strong rows at its end.

        In a cell, what follows the first line end is set smaller beneath it.
        """
        self._blocks += [ruled(columns, rows, totals, ROOM), Spacer(0, 8)]

    def sums(self, pairs: Sequence[tuple[str, str]], beneath: Sequence[tuple[str, str]] = ()) -> None:
        """Names and amounts at the right, the last pair strong under a line; kept on one page. `beneath` follow it, not added up."""
        everything = [*pairs, *beneath]
        amounts = max((_natural(text) for _, text in everything), default=0) * 1.45 + 14
        names = min(ROOM * 0.55, max((_natural(name) for name, _ in everything), default=0) * 1.3 + 20)
        rows = [[label(name), value(text, align="right")] for name, text in pairs[:-1]]
        strong = [[value(name, bold=True, size=11), value(text, bold=True, align="right", size=11)] for name, text in pairs[-1:]]
        rule = HRFlowable(width=names + amounts, thickness=0.9, color=INK, hAlign="RIGHT", spaceBefore=3, spaceAfter=3)
        after = [[label(name), value(text, align="right")] for name, text in beneath]
        above, total, below = ([bare(part, [names, amounts], align="RIGHT")] if part else [] for part in (rows, strong, after))
        self._blocks += [KeepTogether([*above, rule, *total, *below]), Spacer(0, 8)]

    def rule(self) -> None:
        """A thin line across the page."""
        self._blocks.append(HRFlowable(width="100%", thickness=0.5, color=RULE, spaceBefore=4, spaceAfter=6))

    def codes(self, text: str) -> None:
        """ASCII text as QR code and Code 128 beside each other."""
        self._blocks += [Codes(text), Spacer(0, 8)]

    def new_page(self) -> None:
        """What follows begins on a page of its own."""
        self._blocks.append(PageBreak())

    def render(self) -> bytes:
        """The bytes of the PDF; the same for the same content."""
        target = io.BytesIO()
        # `invariant` leaves the moment of rendering and anything random out of the file.
        template = BaseDocTemplate(
            target, pagesize=A4, title=" ".join(filter(None, (self._furniture.title, self._furniture.number))),
            author=self._furniture.author, creator=BRAND, lang=_bcp47(self.language), invariant=1,
        )  # fmt: skip
        template.addPageTemplates(_page_templates())
        canvas: Any = functools.partial(NumberedCanvas, furniture=self._furniture)
        with translation.override(self.language):
            template.build(list(self._blocks) or [Spacer(0, 1)], canvasmaker=canvas)
        return target.getvalue()


def _page_templates() -> list[PageTemplate]:
    bottom = MARGIN + 4
    heights = {"first": PAGE_HEIGHT - MARGIN - bottom - MASTHEAD, "later": PAGE_HEIGHT - MARGIN - bottom}
    frames = {name: Frame(MARGIN, bottom, ROOM, height, 0, 0, 0, 0, id=name) for name, height in heights.items()}
    return [PageTemplate(id=name, frames=[frame], autoNextPageTemplate="later") for name, frame in frames.items()]


def _natural(text: str) -> float:
    return max((width(line, BODY.size) for line in printable(text).split("\n")), default=0.0)


def _bcp47(language: str) -> str:
    head, _, tail = language.partition("-")
    return f"{head}-{tail.title()}" if len(tail) == 4 else language
