"""What a mail says, before it becomes text and HTML. Built while the reader's language is active."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.rules.options import labels_in
from core.i18n import translated
from core.money import Money
from orders.models import Checkout, MerchantOrder, OrderLine


class Reader(NamedTuple):
    """Who gets a mail, in which language."""

    email: str
    language: str


@dataclass(frozen=True)
class Line:
    """One product: what, how many, at what price."""

    title: str
    options: str
    quantity: int
    price: str
    total: str
    bundle: str = ""


@dataclass(frozen=True)
class Parcel:
    """What one merchant sends."""

    merchant: str
    number: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Row:
    label: str
    value: str
    is_total: bool = False


@dataclass(frozen=True)
class Item:
    """Something to look at, with a remark, and the link that ends mails about it."""

    title: str
    remark: str
    url: str
    off_url: str


@dataclass(frozen=True)
class Notice:
    """A whole mail. `facts` are short labelled values under the lead, `amounts` the sums under the lines, `items` things to look at."""

    kind: str
    subject: str
    heading: str
    lead: Sequence[str]
    button: str
    url: str
    facts: Sequence[Row] = ()
    parcels: Sequence[Parcel] = ()
    amounts: Sequence[Row] = ()
    address: Sequence[str] = field(default=())
    items: Sequence[Item] = ()


def language() -> str:
    return get_language() or "en"


def money(minor: int, currency: str) -> str:
    return Money(minor, currency).format(language())


def moment(at: dt.datetime) -> str:
    """A point in time in the installation's zone, with the zone's name."""
    local = timezone.localtime(at)
    return f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"


def day(at: dt.datetime) -> str:
    return date_format(timezone.localtime(at), "DATE_FORMAT")


def date(on: dt.date | None) -> str:
    """A day of the calendar, a dash for none."""
    return date_format(on, "DATE_FORMAT") if on else "–"


def parcel_of(order: MerchantOrder) -> Parcel:
    """The lines of one merchant order as they were bought."""
    name = translated({"name": order.merchant.name}, order.merchant.i18n, "name", language())
    return Parcel(name, order.number, [_line(line, order.currency) for line in order.lines.all()])


def _line(line: OrderLine, currency: str) -> Line:
    # The database sorts the keys of JSON its own way; the product knows the order its options are shown in.
    in_order = {option["name"]: line.options[option["name"]] for option in line.product.options if option["name"] in line.options}
    options = labels_in(line.product.options, in_order | line.options, language())
    return Line(
        title=translated({"title": line.title}, line.i18n, "title", language()),
        options=" · ".join(f"{name}: {value}" for name, value in [*options.items(), *line.answers_in(language())]),
        quantity=line.quantity,
        price=money(line.price_minor, currency),
        total=money(line.total_minor, currency),
        bundle=line.bundle.said_of_part(language()) if line.bundle else "",
    )


def checkout_amounts(checkout: Checkout) -> list[Row]:
    """Goods, shipping, points, credit and what was, or is to be, paid."""
    rows = _amounts(checkout.goods_minor, checkout.shipping_minor, checkout.points_minor, checkout.currency)
    if not checkout.credit_minor:
        return rows
    credit = Row(_("Store credit or gift card"), f"−{money(checkout.credit_minor, checkout.currency)}")
    return [*rows, credit, Row(_("To pay"), money(checkout.due_minor, checkout.currency), is_total=True)]


def order_amounts(order: MerchantOrder) -> list[Row]:
    """The same for one merchant's part."""
    return _amounts(order.goods_minor, order.shipping_minor, order.points_minor, order.currency)


def _amounts(goods: int, shipping: int, points: int, currency: str) -> list[Row]:
    rows = [Row(_("Goods"), money(goods, currency)), Row(_("Shipping"), money(shipping, currency) if shipping else _("Free"))]
    if points:
        rows.append(Row(_("Points"), f"−{money(points, currency)}"))
    return [*rows, Row(_("Total"), money(goods + shipping - points, currency), is_total=True)]


def address_of(checkout: Checkout) -> list[str]:
    if not checkout.address:  # nothing is sent
        return [checkout.name, checkout.country]
    place = f"{checkout.postcode} {checkout.city}, {checkout.country}".strip()
    return [checkout.name, checkout.address, place]


def parcels_of(orders: Iterable[MerchantOrder]) -> list[Parcel]:
    return [parcel_of(order) for order in orders]
