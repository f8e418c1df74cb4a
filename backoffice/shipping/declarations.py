"""Customs declarations as PDF, one for each parcel that crosses a border, in English and the merchant's language.

A form of our own with what postal forms ask (UPU CN 22 and CN 23); a carrier may ask for its own form besides.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale
from django.utils import formats, timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backoffice.shipping.errors import NothingAbroad
from backoffice.shipping.papers import DueByOrder
from core.i18n import translated
from core.money import Money, babel_locale
from core.pdf import Column, Document
from logistics.models import Shipment, Warehouse
from merchants.models import Merchant
from orders.models import MerchantOrder, OrderLine

BY_HAND = "____________"
Said = Callable[[], str]


@dataclass(frozen=True)
class Content:
    """A line of a declaration: what it is in both languages, and what customs need to know; weight in grams, value in minor units."""

    description: str
    quantity: int
    grams: int
    value_minor: int
    hs_code: str
    origin: str


@dataclass(frozen=True)
class Declaration:
    order: MerchantOrder
    warehouse: Warehouse
    contents: Sequence[Content]
    parcel: int
    parcels: int
    tracking_number: str = ""


def declarations_due(orders: Sequence[MerchantOrder], due: DueByOrder, sent: Mapping[uuid.UUID, int]) -> list[Declaration]:
    """One for each warehouse abroad that something of an order waits in, numbered as its labels are.

    Raises:
        NothingAbroad: none of it crosses a border.
    """
    found = []
    for order in orders:
        rows = due[order.pk]
        houses = sorted({row.warehouse.code: row.warehouse for row in rows}.items())
        first = sent.get(order.pk, 0) + 1
        lines = list(order.lines.all())
        for parcel, (code, house) in enumerate(houses, start=first):
            if house.country == order.checkout.country:
                continue
            pieces = [(row.variant, row.quantity) for row in rows if row.warehouse.code == code]
            contents = _contents(lines, pieces)
            found.append(Declaration(order, house, contents, parcel, first + len(houses) - 1))
    if not found:
        raise NothingAbroad
    return found


def declaration_of(order: MerchantOrder, shipment: Shipment, parcel: int, parcels: int) -> Declaration:
    """That of a parcel that has left; the shipment comes with its lines, their variants and its warehouse."""
    pieces = [(line.variant, line.quantity) for line in shipment.lines.all()]
    contents = _contents(list(order.lines.all()), pieces)
    return Declaration(order, shipment.warehouse, contents, parcel, parcels, shipment.tracking_number)


def _contents(lines: Sequence[OrderLine], pieces: Sequence[tuple[Any, int]]) -> list[Content]:
    """What of an order's lines is in a parcel. A variant bought at several prices is worth its share of them all."""
    found = []
    for variant, count in pieces:
        own = [line for line in lines if line.variant_id == variant.pk]
        if not own:
            continue
        worth, bought = sum(line.total_minor for line in own), sum(line.quantity for line in own)
        value = worth * count // bought
        found.append(Content(_described(own[0]), count, variant.weight_g * count, value, variant.hs_code, variant.origin))
    return found


def _described(line: OrderLine) -> str:
    """In English, which customs everywhere read, and beneath it as the merchant knows it."""
    texts = [translated({"title": line.title}, line.i18n, "title", language) for language in ("en", _language())]
    options = " · ".join(map(str, line.options.values()))
    return "\n".join([*dict.fromkeys(texts), *([options] if options else [])])


def draw_declarations(merchant: Merchant, declarations: Sequence[Declaration], *, at: dt.datetime) -> bytes:
    """The PDF, each form on a page of its own. What the shop has not said is left to be filled in by hand."""
    document = Document(_both(lambda: _("Customs declaration")), _language(), foot=merchant.text("name"))
    for index, declaration in enumerate(declarations):
        if index:
            document.new_page()
        _form(document, merchant, declaration, at)
    return document.render()


def _form(document: Document, merchant: Merchant, form: Declaration, at: dt.datetime) -> None:
    order, currency = form.order, form.order.currency
    document.heading(_both(lambda: _("Order %(number)s") % {"number": order.number}))
    document.parties([(_both(lambda: _("Sender")), _sender(merchant, form.warehouse)), (_both(lambda: _("Receiver")), _receiver(order))])
    document.facts(_facts(form, at))
    columns = [
        Column(_both(lambda: _("Description of contents")), grow=4),
        Column(_both(lambda: _("Quantity")), amount=True),
        Column(_both(lambda: _("Net weight")), amount=True),
        Column(_both(lambda: _("Value")), amount=True),
        Column(_both(lambda: _("HS code")), grow=2),
        Column(_both(lambda: _("Origin")), grow=2),
    ]
    rows = [
        [
            row.description,
            str(row.quantity),
            _kilograms(row.grams) if row.grams else "____ kg",
            Money(row.value_minor, currency).format("en"),
            row.hs_code or BY_HAND,
            _land(row.origin) if row.origin else BY_HAND,
        ]
        for row in form.contents
    ]
    totals = [
        _both(lambda: _("Total")),
        str(sum(row.quantity for row in form.contents)),
        _kilograms(sum(row.grams for row in form.contents)),
        Money(sum(row.value_minor for row in form.contents), currency).format("en"),
        "",
        "",
    ]
    document.table(columns, rows, totals=[totals])
    if any(not (row.hs_code and row.origin and row.grams) for row in form.contents):
        document.note(_both(lambda: _("Fill in by hand what is missing, and add it to the product for the next time.")))
    _reason(document)
    document.paragraph(
        _both(
            lambda: _(
                "I certify that the particulars given in this declaration are correct and that this item contains no dangerous article "
                "or article prohibited by law or by postal or customs regulations."
            )
        )
    )
    document.facts([(_both(lambda: _("Date and signature of the sender")), f"{BY_HAND}{BY_HAND}{BY_HAND}")])
    document.codes(form.tracking_number if form.tracking_number.isascii() and form.tracking_number else order.number)


def _facts(form: Declaration, at: dt.datetime) -> list[tuple[str, str]]:
    number = [(_both(lambda: _("Tracking number")), form.tracking_number)] if form.tracking_number else []
    estimate = getattr(form.order, "duty_estimate", None)
    terms = [(_both(lambda: _("Import charges")), _both(lambda: str(estimate.get_terms_display())))] if estimate is not None else []
    return [
        *number,
        (_both(lambda: _("Parcel")), f"{form.parcel} / {form.parcels}"),
        (_both(lambda: _("Date")), formats.date_format(timezone.localtime(at), "Y-m-d")),
        *terms,
    ]


def _reason(document: Document) -> None:
    """Why it is sent: what a shop sends to its buyers is sold."""
    sale = _both(lambda: _("Sale of goods"))
    others = [lambda: _("Gift"), lambda: _("Commercial sample"), lambda: _("Returned goods"), lambda: _("Documents")]
    boxes = [f"[X] {sale}", *(f"[  ] {_both(said)}" for said in others)]
    document.facts([(_both(lambda: _("Reason for export")), "   ".join(boxes))])


def _sender(merchant: Merchant, house: Warehouse) -> list[str]:
    """The shop, at the place the parcel leaves from."""
    street = merchant.address if house.country == merchant.country else ""
    return [line for line in (merchant.text("name"), street, f"{house.postcode} {house.city}".strip(), _land(house.country)) if line]


def _receiver(order: MerchantOrder) -> list[str]:
    to = order.checkout
    return [line for line in (to.name, to.address, f"{to.postcode} {to.city}".strip(), _land(to.country), to.phone) if line]


def _land(code: str) -> str:
    """A country with its code, in both languages."""
    names = (Locale.parse(babel_locale(language)).territories.get(code, code) for language in ("en", _language()))
    return f"{code} · " + " / ".join(dict.fromkeys(names))


def _kilograms(grams: int) -> str:
    return f"{grams // 1000}.{grams % 1000:03} kg"


def _both(said: Said) -> str:
    """A text in English and, where that is another one, in the active language."""
    with translation.override("en"):
        english = said()
    return " / ".join(dict.fromkeys((english, said())))


def _language() -> str:
    return get_language() or "en"
