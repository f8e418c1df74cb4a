"""Issuing invoices and credit notes: numbered without gaps per merchant, series and year, and never issued twice."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from catalog.rules.options import labels_in
from core.countries import country
from core.i18n import translated
from merchants.models import Merchant
from orders.errors import NothingToInvoice, RefundNotFound
from orders.models import Checkout, Invoice, MerchantOrder, OrderLine, OrderRefund, OrderRefundLine, PaperKind
from orders.rules.papers import SHIPPING, Credited, Paper, PaperLine, Party, credit_lines, number_of, rest_of
from orders.services.moves import locked_order

SERIES = {PaperKind.INVOICE: "INV", PaperKind.CREDIT_NOTE: "CN"}
# The row stays locked until the transaction ends, so the next one waits for this number to be taken or given back; a rollback undoes the
# count together with the paper, and nothing is left out. Days in a series never go backwards.
_NEXT = """
INSERT INTO orders_papercounter AS c (merchant_id, series, year, last, issued_at) VALUES (%s, %s, %s, 1, %s)
ON CONFLICT (merchant_id, series, year) DO UPDATE SET last = c.last + 1, issued_at = greatest(c.issued_at, excluded.issued_at)
RETURNING last, issued_at
"""


@transaction.atomic
def issue_invoice(*, order_id: uuid.UUID, at: dt.datetime) -> Invoice:
    """The invoice of a paid order in its buyer's language; the one it has, if it has one.

    Raises:
        OrderNotFound: there is none.
        NothingToInvoice: nobody has paid it.
    """
    return _invoice_of(locked_order(order_id), at)


@transaction.atomic
def issue_credit_note(
    *, order_id: uuid.UUID, cause: uuid.UUID, at: dt.datetime, parts: Mapping[str, Credited] | None = None, points_minor: int = 0
) -> Invoice | None:
    """The credit note for one refund of an order, once per `cause`; the invoice is issued first if that has not happened yet.

    Args:
        parts: what went back by the order line's id as text, "" for shipping; all that is left of the invoice unless given.
        points_minor: the part of it that went back as points.

    Returns None where nothing went back.

    Raises:
        OrderNotFound: there is none.
        NothingToInvoice: nobody has paid it, or more would be credited than was invoiced.
    """
    order = locked_order(order_id)
    invoice = _invoice_of(order, at)
    notes: dict[uuid.UUID, Invoice] = {note.cause: note for note in Invoice.objects.filter(corrects=invoice)}
    if cause in notes:
        return notes[cause]
    invoiced, before = invoice.content["lines"], _credited(notes.values())
    try:
        lines = credit_lines(invoiced, rest_of(invoiced, before) if parts is None else parts, before)
    except ValueError as error:
        raise NothingToInvoice from error
    if not lines:
        return None
    corrects = (invoice.number, invoice.content["issued_on"])
    paper = Paper(kind=PaperKind.CREDIT_NOTE, lines=lines, points_minor=points_minor, corrects=corrects, **_head(order))
    return _issued(order, paper, at, corrects=invoice, cause=cause)


@transaction.atomic
def issue_papers(*, order_id: uuid.UUID, at: dt.datetime) -> Invoice:
    """The invoice of an order and the credit notes of all its refunds so far; what is there already stays.

    Raises:
        OrderNotFound: there is none.
        NothingToInvoice: nobody has paid it.
    """
    invoice = issue_invoice(order_id=order_id, at=at)
    for cause in OrderRefund.objects.filter(order=order_id).order_by("created_at", "pk").values_list("cause", flat=True):
        credit_refund(order_id=order_id, cause=cause, at=at)
    return invoice


@transaction.atomic
def credit_refund(*, order_id: uuid.UUID, cause: uuid.UUID, at: dt.datetime) -> Invoice | None:
    """The credit note for a refund as it was written on the order's lines, once per `cause`.

    None where nothing went back, and before the order is paid: cash is collected at the end, and what was given back before that is
    credited right after the invoice.

    Raises:
        OrderNotFound: there is none.
        RefundNotFound: nothing was refunded for this cause.
    """
    order = locked_order(order_id)
    refund = OrderRefund.objects.filter(order=order_id, cause=cause).first()
    if refund is None:
        raise RefundNotFound
    if order.paid_at is None:
        return None
    rows = OrderRefundLine.objects.filter(refund=refund).values_list("order_line", "quantity", "amount_minor")
    parts = {str(line_id): Credited(quantity, minor) for line_id, quantity, minor in rows}
    parts[SHIPPING] = Credited(1, refund.shipping_minor)
    return issue_credit_note(order_id=order_id, cause=cause, parts=parts, points_minor=refund.points_minor, at=at)


def issue_missing(*, at: dt.datetime, paid_before: dt.datetime, limit: int = 200) -> int:
    """Invoice orders paid before this moment that have no invoice, the first paid first; returns how many.

    The event of the payment has usually done it; this is for orders older than invoices are.
    """
    rows = MerchantOrder.objects.filter(paid_at__lt=paid_before).exclude(papers__kind=PaperKind.INVOICE)
    found = list(rows.order_by("paid_at", "number").values_list("pk", flat=True)[:limit])
    for order_id in found:
        issue_papers(order_id=order_id, at=at)
    return len(found)


def _invoice_of(order: MerchantOrder, at: dt.datetime) -> Invoice:
    """The caller holds the order's lock, so looking first is safe."""
    found: Invoice | None = Invoice.objects.filter(order=order, kind=PaperKind.INVOICE).first()
    if found is not None:
        return found
    if order.paid_at is None:
        raise NothingToInvoice
    paper = Paper(kind=PaperKind.INVOICE, lines=_lines(order), points_minor=order.points_minor, **_head(order))
    return _issued(order, paper, at)


def _issued(order: MerchantOrder, paper: Paper, at: dt.datetime, **links: Any) -> Invoice:
    series, year = SERIES[PaperKind(paper.kind)], timezone.localdate(at).year
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [order.merchant_id, series, year, at])
        sequence, issued_at = cursor.fetchone()
    issued: Invoice = Invoice.objects.create(
        merchant_id=order.merchant_id,
        order=order,
        kind=paper.kind,
        number=number_of(series, year, sequence),
        series=series,
        year=year,
        sequence=sequence,
        issued_at=issued_at,
        currency=paper.currency,
        total_minor=paper.total_minor,
        tax_minor=paper.tax_minor,
        content={**paper.content(), "issued_on": _day(issued_at)},
        **links,
    )
    return issued


def _credited(notes: Iterable[Invoice]) -> dict[str, int]:
    """Minor units given back so far, by key of the line."""
    sums: dict[str, int] = {}
    for note in notes:
        for line in note.content["lines"]:
            sums[line["key"]] = sums.get(line["key"], 0) + line["total_minor"]
    return sums


def _head(order: MerchantOrder) -> dict[str, Any]:
    checkout = order.checkout
    with translation.override(checkout.language):
        place = " ".join(filter(None, (checkout.postcode, checkout.city)))
        buyer = _buyer(checkout, (checkout.address, place, country(checkout.country)))
        seller = _seller(order.merchant)
    return {
        "language": checkout.language,
        "currency": order.currency,
        "order": order.number,
        "ordered_on": _day(order.placed_at),
        "paid_on": _day(order.paid_at or order.placed_at),
        "seller": seller,
        "buyer": buyer,
        "purchase_number": checkout.purchase_number,
    }


def _buyer(checkout: Checkout, address: tuple[str, ...]) -> Party:
    """The company, where it was bought for one, with the person below it."""
    lines = tuple(filter(None, address))
    if checkout.company_id is None:
        return Party(checkout.name, lines)
    return Party(checkout.company_name, (checkout.name, *lines), checkout.company_tax_number)


def _seller(merchant: Merchant) -> Party:
    address = (merchant.text("address"), merchant.text("city"), country(merchant.country))
    return Party(merchant.text("name"), tuple(filter(None, address)), merchant.tax_number)


def _lines(order: MerchantOrder) -> tuple[PaperLine, ...]:
    language = order.checkout.language
    lines = [_line(line, language) for line in OrderLine.objects.filter(order=order).select_related("product", "bundle").order_by("pk")]
    if order.shipping_minor:
        with translation.override(language):
            title = _("Shipping")
        price, tax = order.shipping_minor, order.shipping_tax_minor
        lines.append(PaperLine(SHIPPING, title, "", 1, price, price, order.shipping_tax_kind, order.shipping_tax_bps, tax))
    return tuple(lines)


def _line(line: OrderLine, language: str) -> PaperLine:
    chosen = labels_in(line.product.options, line.options, language)
    return PaperLine(
        key=str(line.pk),
        title=translated({"title": line.title}, line.i18n, "title", language),
        details=" · ".join([*(f"{name}: {value}" for name, value in chosen.items()), line.sku, *_set_of(line, language)]),
        quantity=line.quantity,
        price_minor=line.price_minor,
        total_minor=line.total_minor,
        tax_kind=line.tax_kind,
        tax_bps=line.tax_bps,
        tax_minor=line.tax_minor,
    )


def _set_of(line: OrderLine, language: str) -> list[str]:
    return [line.bundle.said_of_part(language)] if line.bundle else []


def _day(moment: dt.datetime) -> str:
    """The day of a moment where the operator is, in ISO 8601."""
    return timezone.localdate(moment).isoformat()
