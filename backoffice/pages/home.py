"""The two home pages: first what waits for somebody, then how business goes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice import figures
from backoffice.charts import sparkline
from core import invariants
from core.backoffice.display import label, money
from merchants.admin.scorecard_display import STANDING_TONES, number_label
from merchants.admin.site import merchant_of, role_of_request
from merchants.models import Measure, Merchant, Scorecard, Standing
from merchants.permissions import Duty, may_view
from merchants.scorecard_rules import standing
from merchants.selectors import points_of
from orders.models import MerchantOrder
from payments.selectors import balances


def to_do(count: int, title: str, url: str, *, icon: str, urgent: bool = False) -> dict[str, Any]:
    """A tile of the first row; it is quiet when there is nothing to do."""
    tone = "quiet" if not count else "danger" if urgent else "plain"
    return {"count": count, "title": title, "url": url, "icon": icon, "tone": tone}


def _page(site: str, model: str, query: str = "") -> str:
    return reverse(f"{site}:{model}_changelist") + query


def _sales_card(title: str, sales: figures.Sales) -> dict[str, Any]:
    currency = settings.CURRENCY
    return {
        "title": title,
        "amount": money(sales.minor, currency),
        "orders": sales.orders,
        "average": money(sales.average_minor, currency) if sales.orders else "–",
        "change": sales.change_percent,
        "before": money(sales.before_minor, currency),
        "chart": sparkline(sales.by_day),
    }


def _sales_cards(orders: QuerySet[Any], now: dt.datetime, spans: tuple[int, ...]) -> list[dict[str, Any]]:
    titles = {1: _("Last 24 hours"), 7: _("Last 7 days"), 30: _("Last 30 days")}
    return [_sales_card(titles[found.days], found) for found in figures.sales(orders, spans=spans, now=now)]


def merchant_home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Dashboard callback of the merchant's site; each role sees what belongs to its duties."""
    merchant, role, now = merchant_of(request), role_of_request(request), timezone.now()
    tiles = [tile for duty, tile in _merchant_tiles(figures.merchant_counts(merchant, now)) if may_view(role, duty)]
    context.update(todo=tiles, merchant=merchant, is_suspended=not merchant.is_active)
    if may_view(role, Duty.BALANCE):
        found = balances(merchant.pk, settings.CURRENCY)
        context["balance"] = {"held": money(found.held_minor, found.currency), "payable": money(found.payable_minor, found.currency)}
        context["cards"] = _sales_cards(MerchantOrder.objects.for_merchant(merchant), now, (7, 30))
    if may_view(role, Duty.ORDERS):
        context["health"] = _health_card(merchant, now)
    return context


def _health_card(merchant: Merchant, now: dt.datetime) -> dict[str, Any]:
    """The newest 30 days in one label, the measures that are beyond or near their limit, and the points."""
    card: Scorecard | None = Scorecard.objects.for_merchant(merchant).filter(window=30).order_by("-day").first()
    state = Standing(card.standing) if card else Standing.NONE
    numbers = {measure: card.of(measure) for measure in Measure} if card else {}
    near = {measure: pair for measure, pair in numbers.items() if standing(measure, *pair) in {Standing.NEAR, Standing.BAD}}
    return {
        "state": label(state.label, STANDING_TONES[state]),
        "numbers": [(measure.label, number_label(measure, *pair)) for measure, pair in near.items()],
        "points": points_of(merchant, now),
    }


def _merchant_tiles(counts: dict[str, int]) -> list[tuple[Duty, dict[str, Any]]]:
    orders, cases, stock = "orders_merchantorder", "orders_aftersalescase", "logistics_stock"
    desk = reverse("merchant:to-ship")
    return [
        (Duty.SHIPMENTS, to_do(counts["to_ship"], _("To ship"), desk, icon="package_2")),
        (Duty.SHIPMENTS, to_do(counts["overdue"], _("Overdue to ship"), f"{desk}?overdue=1", icon="alarm", urgent=True)),
        (Duty.SHIPMENTS, to_do(counts["to_put_aside"], _("Pick-ups to put aside"), reverse("merchant:pick-ups"), icon="storefront")),
        (
            Duty.ORDERS,
            to_do(counts["shipped"], _("Shipped, not delivered"), _page("merchant", orders, "?queue=shipped"), icon="local_shipping"),
        ),
        (Duty.RETURNS, to_do(counts["cases"], _("Returns to answer"), _page("merchant", cases, "?queue=mine"), icon="assignment_return")),
        (
            Duty.RETURNS,
            to_do(counts["cases_soon"], _("Returns due within a day"), _page("merchant", cases, "?queue=soon"), icon="alarm", urgent=True),
        ),
        (
            Duty.RETURNS,
            to_do(
                counts["undelivered"],
                _("Undelivered parcels"),
                _page("merchant", "orders_undeliveredparcel", "?status__exact=open"),
                icon="keyboard_return",
                urgent=True,
            ),
        ),
        (
            Duty.SHIPMENTS,
            to_do(
                counts["claims"], _("Claims on carriers"), _page("merchant", "logistics_carrierclaim", "?status__exact=open"), icon="policy"
            ),
        ),
        (Duty.STOCK, to_do(counts["low_stock"], _("Low stock"), _page("merchant", stock, "?level=low"), icon="production_quantity_limits")),
        (
            Duty.PRODUCTS,
            to_do(counts["quotes"], _("Price requests"), _page("merchant", "orders_quote", "?status__exact=requested"), icon="forum"),
        ),
        (
            Duty.PRODUCTS,
            to_do(
                counts["trade_requests"],
                _("Companies that ask for prices"),
                _page("merchant", "catalog_tradeaccount", "?status__exact=requested"),
                icon="handshake",
            ),
        ),
        (
            Duty.PRODUCTS,
            to_do(counts["drafts"], _("Drafts"), _page("merchant", "catalog_product", "?status__exact=draft"), icon="edit_note"),
        ),
        (
            Duty.REVIEWS,
            to_do(
                counts["bad_reviews"],
                _("Reviews below 3 ★, 30 days"),
                _page("merchant", "catalog_review", "?stars__lt=3"),
                icon="thumb_down",
            ),
        ),
        (
            Duty.REVIEWS,
            to_do(counts["open_questions"], _("Questions to answer"), _page("merchant", "catalog_question", "?queue=open"), icon="help"),
        ),
    ]


def operator_home(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Dashboard callback of the operator's site: queues, trade, and whether the books are true."""
    now = timezone.now()
    context.update(
        todo=_operator_tiles(figures.operator_counts(now)),
        cards=_sales_cards(MerchantOrder.objects.all(), now, (1, 7, 30)),
        books={"check": invariants.last_check(), "all": _page("admin", "core_invariantcheck")},
    )
    return context


def _operator_tiles(counts: dict[str, int]) -> list[dict[str, Any]]:
    def tile(name: str, title: str, model: str, query: str, icon: str, *, urgent: bool = True) -> dict[str, Any]:
        return to_do(counts[name], title, _page("admin", model, query), icon=icon, urgent=urgent)

    return [
        tile("dead_events", _("Dead events"), "core_outboxevent", "?state=dead", "report"),
        tile("quarantined", _("Quarantined webhooks"), "payments_inboxmessage", "?status__exact=quarantined", "gpp_maybe"),
        tile("carrier_messages", _("Carriers' messages to look at"), "logistics_carriermessage", "?status__exact=quarantined", "sms"),
        tile("unknown_attempts", _("Payments unknown"), "payments_paymentattempt", "?status__exact=unknown", "contact_support"),
        tile("failed_refunds", _("Refunds failed"), "payments_refund", "?status__exact=failed", "money_off"),
        tile(
            "open_differences",
            _("Differences from providers"),
            "payments_reconciliationdifference",
            "?status__exact=open",
            "compare_arrows",
        ),
        tile("risky", _("Payments to check"), "payments_riskassessment", "?queue=waiting", "policy"),
        tile("copies", _("Suspected copies"), "catalog_copysuspicion", "?status__exact=open", "content_copy", urgent=False),
        tile("unmatched", _("Money without a payment"), "payments_bankline", "?status__exact=unmatched", "account_balance"),
        tile("to_transfer", _("Transfers to make"), "payments_outgoingtransfer", "?status__exact=to_make", "outbound", urgent=False),
        tile("disputes", _("Disputes to decide"), "orders_aftersalescase", "?dispute=open", "gavel"),
        tile("appeals", _("Appeals to decide"), "merchants_violation", "?status__exact=appealed", "gavel", urgent=False),
        tile("proposed", _("Broken rules to look at"), "merchants_violation", "?status__exact=proposed", "report", urgent=False),
        tile("to_moderate", _("Texts to moderate"), "catalog_moderationitem", "?status__exact=waiting", "shield_person"),
        tile("overdue", _("Orders overdue"), "orders_merchantorder", "?shipping=overdue", "alarm"),
        tile("products_to_approve", _("Goods to approve"), "catalog_product", "?status__exact=pending", "fact_check", urgent=False),
        tile("changes_to_approve", _("Changes to approve"), "catalog_proposal", "?status__exact=pending", "rate_review", urgent=False),
        tile("applications", _("Shops to let in"), "merchants_merchantapplication", "?queue=waiting", "person_add", urgent=False),
        tile("ending_papers", _("Papers ending"), "merchants_merchantapplication", "?queue=ending", "event_busy", urgent=False),
        tile("running_jobs", _("Jobs running"), "core_job", "?status__exact=running", "progress_activity", urgent=False),
        tile("low_stock", _("Sold out"), "logistics_stock", "?level=out", "production_quantity_limits", urgent=False),
    ]
