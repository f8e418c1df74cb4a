"""A merchant's money: what is held, what is owed, and every line that led there."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from core.backoffice.display import money
from core.backoffice.references import reference_names
from merchants.admin import merchant_site
from merchants.admin.site import duty_is_visible, merchant_of
from merchants.permissions import Duty
from payments.admin.ledger import KIND_TONES
from payments.selectors import StatementRow, balances, currencies_of, statement

PER_PAGE = 50
MOST_ROWS = 2_000


def balance(request: HttpRequest) -> HttpResponse:
    """The balance page. Opening plus the lines shown is the closing balance, because all three come from the same entries."""
    merchant = merchant_of(request)
    currencies = currencies_of(merchant.pk)
    asked = request.GET.get("currency", "")
    currency = next((code for code in (asked, settings.CURRENCY, *currencies) if code in currencies), settings.CURRENCY)
    now = balances(merchant.pk, currency)
    rows = statement(merchant.pk, currency, limit=MOST_ROWS)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    newer = rows[: page.start_index() - 1] if rows else []
    closing = (now.held_minor - sum(row.held_minor for row in newer), now.payable_minor - sum(row.payable_minor for row in newer))
    shown = list(page.object_list)
    opening = (closing[0] - sum(row.held_minor for row in shown), closing[1] - sum(row.payable_minor for row in shown))
    context = {
        **merchant_site.each_context(request),
        "title": _("Balance"),
        "held": money(now.held_minor, currency),
        "payable": money(now.payable_minor, currency),
        "closing": [money(amount, currency) for amount in closing],
        "opening": [money(amount, currency) for amount in opening],
        "rows": _lines(shown, link=duty_is_visible(Duty.ORDERS)(request)),
        "page": page,
        "currency": currency,
        "currencies": currencies if len(currencies) > 1 else [],
    }
    return TemplateResponse(request, "backoffice/balance.html", context)


def _lines(rows: list[StatementRow], *, link: bool) -> list[dict[str, Any]]:
    names = reference_names({row.reference for row in rows}) if rows else {}
    return [
        {
            "at": row.at,
            "label": row.label,
            "tone": KIND_TONES.get(row.kind, "neutral"),
            "number": names.get(row.reference, ""),
            "url": _order_url(row.reference) if link and row.reference in names else "",
            "held": money(row.held_minor, row.currency) if row.held_minor else "",
            "payable": money(row.payable_minor, row.currency) if row.payable_minor else "",
        }
        for row in rows
    ]


def _order_url(order_id: uuid.UUID) -> str:
    return reverse("merchant:orders_merchantorder_change", args=[order_id])
