"""How an after-sales case looks: whose turn it is until when, its pieces, money, words and pictures."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.backoffice.base import now
from core.backoffice.display import due_label, label, money, status_label
from core.i18n import translated
from orders.admin.display import line_text
from orders.case_rules import TURN
from orders.models import AfterSalesCase, CaseLine
from orders.selectors.cases import case_view
from orders.states import CaseSide, CaseStatus

TURN_LABELS = {CaseSide.SHOPPER: _("Shopper's turn"), CaseSide.MERCHANT: _("Merchant's turn"), CaseSide.OPERATOR: _("Marketplace's turn")}
SILENCE = {
    CaseStatus.REQUESTED: _("Without an answer in time the case is approved."),
    CaseStatus.OFFERED: _("Without an answer of the shopper the offer is paid."),
    CaseStatus.APPROVED: _("Without a parcel in time the case is closed."),
    CaseStatus.SENT_BACK: _("Without a count in time everything counts as received as sent, and nothing goes back in stock."),
    CaseStatus.RECEIVED: _("Without a parcel to the shopper in time the money goes back."),
    CaseStatus.REFUSED: _("The shopper can take it to the marketplace until then."),
    CaseStatus.ESCALATED: _("Without a verdict in time the shopper has won."),
}


def due_for(case: AfterSalesCase, side: CaseSide, at: dt.datetime) -> Any:
    """The deadline where this side has to act, else a quiet word about whom it waits for."""
    turn = TURN.get(CaseStatus(case.status))
    if turn is None:
        return "–"
    return due_label(case.due_at, at) if turn == side else label(TURN_LABELS[turn], "neutral")


def goods_summary(case: AfterSalesCase) -> SafeString:
    lines = list(case.lines.all())
    more = f" +{len(lines) - 2}" if len(lines) > 2 else ""
    shown = [_piece(line) for line in lines[:2]]
    return format_html('<span class="cell">{}{}</span>', format_html("<br>".join(["{}"] * len(shown)), *shown) if shown else "–", more)


def _piece(line: CaseLine) -> str:
    order_line = line.order_line
    return f"{line.quantity} × {translated({'title': order_line.title}, order_line.i18n, 'title')}"


def case_context(case: AfterSalesCase, side: CaseSide) -> dict[str, Any]:
    """What the page of a case shows to a merchant or the operator; eight statements."""
    view = case_view(case)
    lines = [
        {
            "title": line_text(line.order_line).partition(" × ")[2],
            "quantity": line.quantity,
            "wanted": ", ".join(line.wanted_variant.options.values()) if line.wanted_variant else "",
            "asked": money(line.asked_minor, case.currency),
            "received": line.received_quantity,
            "grade": line.get_grade_display() if line.grade else "",
            "restocked": line.restocked_quantity,
        }
        for line in view.lines
    ]
    return {
        "case": case,
        "view": view,
        "state": status_label(case),
        "due": due_for(case, side, now()) if view.is_open else "",
        "silence": SILENCE.get(CaseStatus(case.status), "") if view.is_open else "",
        "case_lines": lines,
        "amounts": _amounts(case),
        "messages_said": [(message, _pictures(case, message)) for message in view.messages if message.text or message.photos.all()],
        "steps": list(reversed(view.steps)),
        "is_operator": side == CaseSide.OPERATOR,
        "order_url": reverse(f"{'admin' if side == CaseSide.OPERATOR else 'merchant'}:orders_merchantorder_change", args=[case.order_id]),
    }


def _amounts(case: AfterSalesCase) -> dict[str, str]:
    return {
        "asked": money(case.asked_minor, case.currency),
        "asked_shipping": money(case.asked_shipping_minor, case.currency) if case.asked_shipping_minor else "",
        "agreed": "" if case.agreed_minor is None else money(case.agreed_minor, case.currency),
        "refunded": money(case.refunded_minor, case.currency) if case.refunded_minor else "",
    }


def _pictures(case: AfterSalesCase, message: Any) -> list[str]:
    return [reverse("case-photo", args=[case.number, photo.pk]) for photo in message.photos.all()]
