"""Invoices and credit notes as PDF, drawn from what was frozen when they were issued and from nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from babel.dates import format_date
from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from core.money import Money, babel_locale
from core.pdf import Column, Document
from orders.models import Invoice, PaperKind
from orders.selectors.taxes import tax_name


def pdf_of(paper: Invoice) -> bytes:
    """The paper in the language it was issued in; the same bytes each time."""
    content = paper.content
    with translation.override(content["language"]):
        seller = content["seller"]
        title = _("Invoice") if paper.kind == PaperKind.INVOICE else _("Credit note")
        document = Document(title, content["language"], number=paper.number, foot=seller["name"])
        document.parties([(_("Seller"), _party(seller)), (_("Buyer"), _party(content["buyer"]))])
        document.facts(_facts(paper), columns=2)
        _charges(document, content)
        _taxes(document, content)
        document.note(_closing(paper))
        return document.render()


def pdf_answer(paper: Invoice) -> HttpResponse:
    """The paper as an answer to whoever was found to be a party of it; nobody keeps it on the way."""
    headers = {
        "Content-Disposition": f'inline; filename="{paper.number}.pdf"',
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(pdf_of(paper), content_type="application/pdf", headers=headers)


def _party(party: Mapping[str, Any]) -> list[str]:
    number = [_("Tax number: %(number)s") % {"number": party["tax_number"]}] if party["tax_number"] else []
    return [party["name"], *party["address"], *number]


def _facts(paper: Invoice) -> list[tuple[str, str]]:
    content = paper.content
    facts = [
        (_("Number"), paper.number),
        (_("Date of issue"), _day(content["issued_on"], content)),
        (_("Order"), content["order"]),
        (_("Ordered on"), _day(content["ordered_on"], content)),
    ]
    # Papers from before companies have no such entry.
    if number := content.get("purchase_number"):
        facts.append((_("Purchase order number"), number))
    if paper.kind == PaperKind.INVOICE:
        return [*facts, (_("Paid on"), _day(content["paid_on"], content))]
    corrected, day = content["corrects"]
    return [*facts, (_("Corrects invoice"), corrected), (_("Invoiced on"), _day(day, content))]


def _charges(document: Document, content: Mapping[str, Any]) -> None:
    has_tax = bool(content["taxes"])
    tax_column = [Column(_("Tax"), amount=True)] if has_tax else []
    columns = [Column(_("Item")), Column(_("Quantity"), amount=True), Column(_("Price"), amount=True), *tax_column]
    rows = []
    for line in content["lines"]:
        title = f"{line['title']}\n{line['details']}" if line["details"] else line["title"]
        rate = [_rate(line["tax_bps"])] if has_tax else []
        total = _money(line["total_minor"], content)
        rows.append([title, str(line["quantity"]), _money(line["price_minor"], content), *rate, total])
    document.table([*columns, Column(_("Amount"), amount=True)], rows)
    document.sums(_sums(content), _points(content))


def _sums(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    net = content["total_minor"] - content["tax_minor"]
    parts = [(_("Net amount"), _money(net, content))] if content["taxes"] else []
    parts += [(tax_name(tax["kind"], tax["bps"]), _money(tax["tax_minor"], content)) for tax in content["taxes"]]
    name = _("Total") if content["kind"] == PaperKind.INVOICE else _("Total credited")
    return [*parts, (name, _money(content["total_minor"], content))]


def _points(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How much of the total was paid in points, or goes back as points."""
    if not content["points_minor"]:
        return []
    name = _("of it paid with points") if content["kind"] == PaperKind.INVOICE else _("of it returned as points")
    return [(name, _money(content["points_minor"], content))]


def _taxes(document: Document, content: Mapping[str, Any]) -> None:
    """What each rate comes to, where there are several."""
    if len(content["taxes"]) < 2:
        return
    columns = [Column(_("Tax")), Column(_("Net"), amount=True), Column(_("Tax"), amount=True), Column(_("Gross"), amount=True)]
    rows = [
        [
            tax_name(tax["kind"], tax["bps"]),
            _money(tax["net_minor"], content),
            _money(tax["tax_minor"], content),
            _money(tax["net_minor"] + tax["tax_minor"], content),
        ]
        for tax in content["taxes"]
    ]
    document.heading(_("Tax by rate"), 2)
    document.table(columns, rows)


def _closing(paper: Invoice) -> str:
    if paper.kind == PaperKind.CREDIT_NOTE:
        return _("This credit note lowers the invoice named above by its total. The amount goes back the way it was paid.")
    if paper.content["taxes"]:
        return _("Prices include tax. The amount is paid; nothing is due.")
    return _("No tax is included. The amount is paid; nothing is due.")


def _rate(bps: int) -> str:
    return f"{bps / 100:g}%"


def _money(minor: int, content: Mapping[str, Any]) -> str:
    return Money(minor, content["currency"]).format(content["language"])


def _day(day: str, content: Mapping[str, Any]) -> str:
    return format_date(dt.date.fromisoformat(day), "long", locale=babel_locale(content["language"]))
