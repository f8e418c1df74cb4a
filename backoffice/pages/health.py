"""A shop's health: its measures with their limits, the orders behind each number, and the rules it has broken."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from backoffice.charts import trend
from backoffice.health_words import ADVICE, MEANINGS
from core.backoffice.display import day, moment, status_label
from merchants.admin import merchant_site
from merchants.admin.scorecard_display import in_words, limit_in_words, number_label
from merchants.admin.site import merchant_of
from merchants.models import WINDOWS, Measure, Merchant, Scorecard, Standing
from merchants.scorecard_rules import LIMITS, POINTS_COUNT_DAYS, failing, level, standing
from merchants.selectors import latest_scorecards, points_of, violations_of
from orders.admin.display import state_label
from orders.models import MerchantOrder, OrderLine
from orders.selectors.scorecards import SHARES, answered_cases, orders_of_measure, ratings, span_of

PER_PAGE = 50
DAYS = 30
SHOWN_VIOLATIONS = 5


def health(request: HttpRequest) -> HttpResponse:
    """All measures in both windows, by the newest scorecards."""
    merchant, now = merchant_of(request), timezone.now()
    cards = latest_scorecards(merchant, DAYS)
    newest = {card.window: card for card in cards[-len(WINDOWS) :]}
    violations = list(violations_of(merchant)[:SHOWN_VIOLATIONS])
    context = {
        **merchant_site.each_context(request),
        "title": _("Health"),
        "day": cards[-1].day if cards else None,
        "rows": [_row(measure, newest, cards) for measure in Measure] if cards else [],
        "points": points_of(merchant, now),
        "points_days": POINTS_COUNT_DAYS,
        "violations": [{"row": row, "state": status_label(row), "can_appeal": _can_appeal(row, now)} for row in violations],
    }
    return TemplateResponse(request, "backoffice/health.html", context)


def _can_appeal(row: Any, now: dt.datetime) -> bool:
    return bool(row.status == row.Status.OPEN and row.appeal_by >= now)


def _row(measure: Measure, newest: dict[int, Scorecard], cards: list[Scorecard]) -> dict[str, Any]:
    needs_advice = any(standing(measure, *card.of(measure)) in {Standing.NEAR, Standing.BAD} for card in newest.values())
    return {
        "name": measure.label,
        "meaning": MEANINGS[measure],
        "limit": limit_in_words(measure),
        "numbers": [_number(measure, window, newest.get(window)) for window in WINDOWS],
        "trend": trend(_course(measure, cards), LIMITS[measure].value),
        "advice": ADVICE[measure] if needs_advice else "",
    }


def _number(measure: Measure, window: int, card: Scorecard | None) -> dict[str, Any]:
    count, of = card.of(measure) if card else (0, 0)
    page = reverse("merchant:health-orders")
    about = {"measure": str(measure), "days": str(window)}
    return {
        "label": number_label(measure, count, of),
        "of": of,
        "failing": failing(measure, count, of),
        "is_share": measure in SHARES,
        "failing_url": f"{page}?{urlencode(about)}",
        "all_url": f"{page}?{urlencode({**about, 'show': 'all'})}",
    }


def _course(measure: Measure, cards: list[Scorecard]) -> list[int | None]:
    found = {card.day: level(measure, *card.of(measure)) for card in cards if card.window == DAYS}
    last = cards[-1].day
    return [found.get(last - dt.timedelta(days=back)) for back in range(DAYS - 1, -1, -1)]


def orders_behind(request: HttpRequest) -> HttpResponse:
    """The orders, cases or reviews behind one number of the newest scorecard; by default those that went wrong."""
    merchant = merchant_of(request)
    measure, window = _asked(request)
    newest = Scorecard.objects.for_merchant(merchant).filter(window=window).order_by("-day").first()
    if newest is None:
        raise Http404
    is_all = request.GET.get("show") == "all" or measure not in SHARES
    rows = _behind(measure, merchant, newest, is_all=is_all)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    about = {"measure": str(measure), "days": str(window)}
    orders = _orders_of(shown)
    context = {
        **merchant_site.each_context(request),
        "title": f"{measure.label} · {_('Last 7 days') if window == WINDOWS[0] else _('Last 30 days')}",
        "meaning": MEANINGS[measure],
        "until": newest.day,
        "is_all": is_all,
        "is_share": measure in SHARES,
        "rows": [_line(measure, row, orders) for row in shown],
        "page": page,
        "query": urlencode({**about, "show": "all"} if is_all else about),
        "other": urlencode(about if is_all else {**about, "show": "all"}),
    }
    return TemplateResponse(request, "backoffice/health_orders.html", context)


def _asked(request: HttpRequest) -> tuple[Measure, int]:
    measure, days = request.GET.get("measure", Measure.LATE), request.GET.get("days", str(DAYS))
    if measure not in Measure.values or days not in {str(window) for window in WINDOWS}:
        raise Http404
    return Measure(measure), int(days)


def _behind(measure: Measure, merchant: Merchant, card: Scorecard, *, is_all: bool) -> QuerySet[Any]:
    span = span_of(card.day, card.window)
    if measure == Measure.RESPONSE:
        return answered_cases(span).filter(merchant=merchant).select_related("order__checkout").order_by("-waited", "pk")
    if measure == Measure.RATING:
        return ratings(span).filter(product__merchant=merchant).order_by("stars", "-created_at", "pk")
    rows: QuerySet[Any] = orders_of_measure(measure, span).filter(merchant=merchant)
    return (rows if is_all else rows.filter(went_wrong=True)).select_related("checkout").order_by("-placed_at", "-pk")


def _orders_of(shown: list[Any]) -> dict[uuid.UUID, MerchantOrder]:
    """The orders of reviews by order line; a review knows its line by an opaque key."""
    lines = [row.order_line for row in shown if hasattr(row, "order_line")]
    found = OrderLine.objects.filter(pk__in=lines).select_related("order__checkout") if lines else ()
    return {line.pk: line.order for line in found}


def _line(measure: Measure, row: Any, orders: dict[uuid.UUID, MerchantOrder]) -> dict[str, Any]:
    if measure == Measure.RESPONSE:
        return _of_order(row.order, in_words(measure, int(row.waited.total_seconds() // 60)), at=row.opened_at)
    if measure == Measure.RATING:
        return _of_order(orders.get(row.order_line), f"{row.stars} ★", at=row.created_at)
    return {**_of_order(row, "", at=row.placed_at), "is_wrong": row.went_wrong}


def _of_order(order: MerchantOrder | None, said: str, *, at: dt.datetime) -> dict[str, Any]:
    if order is None:
        return {"number": "", "said": said, "at": moment(at)}
    return {
        "number": order.number,
        "url": reverse("merchant:orders_merchantorder_change", args=[order.pk]),
        "state": state_label(order),
        "said": said,
        "at": moment(at),
        "ship_by": day(order.ship_by),
        "shipped": day(order.shipped_at),
        "delivered": day(order.delivered_at),
    }
