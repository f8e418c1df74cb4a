"""Pick lists and packing slips as PDF, in the active language."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from core.countries import country
from core.i18n import translated
from core.pdf import Column, Document
from merchants.models import Merchant
from orders.models import MerchantOrder, OrderLine
from orders.selectors.shipping import Due

DueByOrder = Mapping[uuid.UUID, Sequence[Due]]


def pick_list(merchant: Merchant, orders: Sequence[MerchantOrder], due: DueByOrder, *, at: dt.datetime) -> bytes:
    """What to fetch for all these orders: one table per warehouse, each SKU once with its sum.

    In the order of bins, then of SKUs; what has no bin comes last. Bins have a column where there are any.
    """
    document = Document(_("Pick list"), _language(), number=_moment(at), foot=merchant.text("name"))
    document.paragraph(ngettext("%(count)d order", "%(count)d orders", len(orders)) % {"count": len(orders)})
    columns = [Column(_("SKU"), grow=2), Column(_("Item"), grow=5), Column(_("Quantity"), amount=True)]
    bins = Column(_("Bin"), grow=2)
    for rows in _by_warehouse(row for order in orders for row in due[order.pk]):
        house = rows[0].warehouse
        document.heading(f"{house.text('name')} ({house.code})")
        cells = [[row.sku, f"{row.title}\n{row.options}".strip(), str(row.quantity)] for row in rows]
        total = [_("Total"), "", str(sum(row.quantity for row in rows))]
        if rows[0].bin:
            cells = [[row.bin, *line] for row, line in zip(rows, cells, strict=True)]
            document.table([bins, *columns], cells, totals=[[total[0], "", *total[1:]]])
        else:
            document.table(columns, cells, totals=[total])
    return document.render()


def _by_warehouse(rows: Any) -> list[list[Due]]:
    """Summed by warehouse and variant; warehouses by code, rows by bin and SKU."""
    sums: dict[tuple[str, bool, str, str, uuid.UUID], Due] = {}
    for row in rows:
        key = (row.warehouse.code, not row.bin, row.bin, row.sku, row.variant_id)
        known = sums.get(key)
        sums[key] = replace(known, quantity=known.quantity + row.quantity) if known else row
    houses: dict[str, list[Due]] = {}
    for key in sorted(sums):
        houses.setdefault(key[0], []).append(sums[key])
    return list(houses.values())


def packing_slips(merchant: Merchant, orders: Sequence[MerchantOrder], due: DueByOrder, *, note: str = "") -> bytes:
    """A page for each order that goes into its parcel: what is in it, for whom, and its number as codes. No prices.

    Args:
        note: a line of the merchant's for every buyer.
    """
    document = Document(_("Packing slip"), _language(), foot=merchant.text("name"))
    for index, order in enumerate(orders):
        if index:
            document.new_page()
        _slip(document, merchant, order, due[order.pk], note)
    return document.render()


def _slip(document: Document, merchant: Merchant, order: MerchantOrder, due: Sequence[Due], note: str) -> None:
    document.heading(_("Order %(number)s") % {"number": order.number})
    document.parties([(pgettext("parcel", "From"), sender_of(merchant)), (pgettext("parcel", "To"), receiver_of(order))])
    facts = [(_("Ordered on"), formats.date_format(timezone.localtime(order.placed_at), "DATE_FORMAT"))]
    if order.checkout.purchase_number:
        facts.append((_("Purchase order number"), order.checkout.purchase_number))
    document.facts(facts)
    columns = [Column(_("Item"), grow=5), Column(_("SKU"), grow=2), Column(_("Quantity"), amount=True)]
    document.table(columns, [[_described(line), line.sku, str(count)] for line, count in _lines_due(order, due)])
    if note:
        document.paragraph(note)
    document.codes(order.number)


def _lines_due(order: MerchantOrder, due: Sequence[Due]) -> list[tuple[OrderLine, int]]:
    """The lines with how many pieces of each are still to be sent."""
    left: dict[uuid.UUID, int] = {}
    for row in due:
        left[row.variant_id] = left.get(row.variant_id, 0) + row.quantity
    found = []
    for line in order.lines.all():
        count = 0 if line.is_digital else min(line.quantity, left.get(line.variant_id, 0))
        if count:
            left[line.variant_id] -= count
            found.append((line, count))
    return found


def _described(line: OrderLine) -> str:
    """The title, and beneath it options, what its buyer wants on it, and the set it is a part of."""
    language = _language()
    answers = [f"{name}: {text}" for name, text in line.answers_in(language)]
    bundle = [line.bundle.said_of_part(language)] if line.bundle else []
    said = " · ".join([*map(str, line.options.values()), *answers, *bundle])
    return f"{translated({'title': line.title}, line.i18n, 'title')}\n{said}".strip()


def sender_of(merchant: Merchant) -> list[str]:
    """Where a parcel comes from, line by line."""
    return [line for line in (merchant.text("name"), merchant.address, merchant.text("city"), country(merchant.country)) if line]


def receiver_of(order: MerchantOrder) -> list[str]:
    """Where it goes: what a carrier needs to find the door, and nothing else of its buyer."""
    to = order.checkout
    return [line for line in (to.name, to.address, f"{to.postcode} {to.city}".strip(), country(to.country), to.phone) if line]


def _language() -> str:
    return get_language() or "en"


def _moment(at: dt.datetime) -> str:
    return formats.date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
