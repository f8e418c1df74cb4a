"""How an order looks: its lines, its money, its history."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.backoffice.base import now
from core.backoffice.display import due_label, label, money, status_label
from core.countries import country
from core.i18n import translated
from logistics.admin.plans import plan_of
from orders.models import MerchantOrder, OrderLine
from orders.selectors import timelines
from orders.selectors.papers import papers_of
from orders.selectors.purchases import TO_SHIP, downloads_by_order, shipments_by_order
from orders.selectors.taxes import tax_name, taxes_of
from orders.states import OrderStatus
from payments.models import CashCollection
from payments.services.cash import owed_to_guest

SHOWN_LINES = 2


def line_text(line: OrderLine) -> str:
    """How many of what, and which set they were bought in; the line comes with its set."""
    answers = (f"{name}: {text}" for name, text in line.answers_in(get_language() or "en"))
    said = ", ".join([*line.options.values(), *answers, *set_text(line)])
    return (
        f"{line.quantity} × {translated({'title': line.title}, line.i18n, 'title')}"
        + (f" ({said})" if said else "")
        + (f" · {_('Download')}" if line.is_digital else "")
    )


def set_text(line: OrderLine) -> list[str]:
    return [line.bundle.said_of_part(get_language() or "en")] if line.bundle else []


def lines_summary(order: MerchantOrder) -> SafeString:
    """The first lines of an order and how many more there are."""
    lines = list(order.lines.all())
    rest = len(lines) - SHOWN_LINES
    more = f" +{rest}" if rest > 0 else ""
    shown = [line_text(line) for line in lines[:SHOWN_LINES]]
    return format_html('<span class="cell">{}{}</span>', format_html("<br>".join(["{}"] * len(shown)), *shown) if shown else "–", more)


def ship_by_label(order: MerchantOrder, now: dt.datetime) -> Any:
    return due_label(order.ship_by, now) if order.status in TO_SHIP and order.pickup_from_id is None else "–"


def state_label(order: MerchantOrder) -> SafeString:
    """The order's status, and beside it that a part has left or that money is collected at the door; the order's purchase is loaded."""
    labels = [status_label(order)]
    if order.part_shipped_at is not None and order.status == OrderStatus.PREPARING:
        labels.append(label(_("part sent"), "warning"))
    if order.pickup_from_id is not None:
        labels.append(label(_("pick-up"), "neutral"))
    if order.checkout.is_cash:
        labels.append(label(order.checkout.get_status_display(), "warning"))
    return format_html_join(" ", "{}", ((text,) for text in labels))


def owes_guest(order: MerchantOrder) -> bool:
    """Whether the merchant has money of this cash order to pay back to a guest."""
    return owed_to_guest(order.pk).exists()


def cash_context(order: MerchantOrder) -> dict[str, Any] | None:
    """What is collected at the door and what the merchant still has to pay back to a guest; None for other orders."""
    if not order.checkout.is_cash:
        return None
    row = CashCollection.objects.get(reference=order.pk)
    returns = [
        {"row": back, "amount": money(back.cash_minor, order.currency)}
        for back in row.returns.filter(way="merchant").order_by("created_at")
    ]
    return {"state": status_label(row), "amount": money(row.amount_minor, order.currency), "returns": returns}


def duties_context(order: MerchantOrder) -> dict[str, Any] | None:
    """What import charges were estimated at when it was placed, line by line; None where nothing crossed a border."""
    row = getattr(order, "duty_estimate", None)
    if row is None:
        return None
    lines = [
        {
            "code": line["hs_code"] or "–",
            "base": money(line["base_minor"], row.currency),
            "duty": f"{money(line['duty_minor'], row.currency)} ({line['duty_bps'] / 100:g}%)",
            "tax": f"{money(line['tax_minor'], row.currency)} ({line['tax_bps'] / 100:g}%)",
        }
        for line in row.lines
    ]
    amounts = {"duty": money(row.duty_minor, row.currency), "tax": money(row.tax_minor, row.currency)} if row.is_known else {}
    return {"row": row, "to": country(row.country), "lines": lines if row.is_known else [], **amounts}


def order_context(order: MerchantOrder) -> dict[str, Any]:
    """What the order page shows; amounts as text. Eight statements, one more for digital goods."""
    parcels = shipments_by_order([order.pk])
    rows = list(order.lines.select_related("product", "price_list", "bundle").order_by("pk"))
    titles = {line.pk: translated({"title": line.title}, line.i18n, "title") for line in rows}
    lines = [
        {
            "line": line,
            "title": titles[line.pk],
            "details": " · ".join([*line.options.values(), line.sku, *([_("Download")] if line.is_digital else []), *set_text(line)]),
            "answers": line.answers_in(get_language() or "en"),
            "price": money(line.price_minor, order.currency),
            "total": money(line.total_minor, order.currency),
        }
        for line in rows
    ]
    amounts = {
        "goods": money(order.goods_minor, order.currency),
        "shipping": money(order.shipping_minor, order.currency),
        "total": money(order.total_minor, order.currency),
        "commission": money(-order.commission_minor, order.currency),
        "rate": f"{order.commission_bps / 100:g}%",
        "commission_tax": money(-order.commission_tax_minor, order.currency) if order.commission_tax_minor else "",
        "net": money(order.total_minor - order.commission_minor - order.commission_tax_minor, order.currency),
        "points": money(order.points_minor, order.currency) if order.points_minor else "",
        "at_home": _at_home(order),
    }
    entries = reversed(timelines([order], parcels)[order.pk])
    head = {"state": state_label(order), "due": ship_by_label(order, now()), "cash": cash_context(order)}
    return {
        **head,
        "order": order,
        "country": country(order.checkout.country),
        "duties": duties_context(order),
        "lines": lines,
        "amounts": amounts,
        "taxes": [
            (tax_name(share.rate.kind, share.rate.bps), money(share.tax_minor, order.currency)) for share in taxes_of([(order, rows)])
        ],
        "commissions": _commissions(order, titles),
        "papers": papers_of([order.pk]).get(order.pk, []),
        "parcels": parcels.get(order.pk, []),
        "plan": [] if order.is_digital else plan_of(order.pk),
        "downloads": downloads_by_order([order.pk] if order.digital_consent_at else []).get(order.pk, []),
        "timeline": entries,
    }


def _at_home(order: MerchantOrder) -> dict[str, str] | None:
    """An order of another currency in the merchant's own, by the rate it was made by; None where there is nothing to convert."""
    if order.rate_on is None:
        return None
    return {
        "total": money(order.in_base(order.total_minor), order.base_currency),
        "net": money(order.in_base(order.total_minor - order.commission_minor - order.commission_tax_minor), order.base_currency),
        "rate": f"1 {order.base_currency} = {order.rate.normalize():f} {order.currency}",
        "on": formats.date_format(order.rate_on, "SHORT_DATE_FORMAT"),
    }


def _commissions(order: MerchantOrder, titles: dict[uuid.UUID, str]) -> list[dict[str, Any]]:
    """What was frozen of the commission, line by line; shipping is the line without one."""
    rows = order.commission_lines.select_related("rule").order_by("line", "pk")
    return [
        {
            "title": titles.get(row.line_id, "") if row.line_id else _("Shipping"),
            "base": money(row.base_minor, order.currency),
            "rate": f"{row.rate_bps / 100:g}%" if row.rate_bps is not None else money(row.fixed_minor, order.currency),
            "rule": row.rule,
            "version": row.version,
            "amount": money(row.amount_minor, order.currency),
            "tax": money(row.tax_minor, order.currency) if row.tax_minor else "",
        }
        for row in rows
    ]
