"""The numbers of the home pages, each a handful of aggregate queries whatever the number of rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, Case, Count, DecimalField, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Round, TruncDate

from catalog.models import CopySuspicion, ModerationItem, Product, Proposal, Review, TradeAccount
from catalog.selectors.questions import open_questions
from catalog.states import TradeStatus
from core.models import Job, OutboxEvent
from core.money import exponent
from logistics.models import CarrierClaim, CarrierMessage, Stock
from logistics.states import CarrierClaimStatus, CarrierMessageStatus
from logistics.stock_selectors import low
from merchants.application_selectors import expiring_documents
from merchants.models import Merchant, MerchantApplication, Violation
from merchants.states import TO_REVIEW
from orders.models import AfterSalesCase, MerchantOrder, Quote, UndeliveredParcel
from orders.selectors.cases import counts_for_merchant
from orders.selectors.purchases import TO_SHIP
from orders.states import CaseStatus, OrderStatus, QuoteStatus, UndeliveredStatus
from payments.models import (
    BankLine,
    InboxMessage,
    OutgoingTransfer,
    PaymentAttempt,
    ReconciliationDifference,
    Refund,
    RiskAssessment,
)

# Orders whose money came in and stayed: what was cancelled or refunded is not a sale.
SOLD = (OrderStatus.PAID, OrderStatus.PREPARING, OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.COMPLETED)


@dataclass(frozen=True)
class Sales:
    """Sales of one span and of the span before it, in minor units, with a value per day for the small chart."""

    days: int
    orders: int
    minor: int
    before_minor: int
    by_day: list[int]

    @property
    def average_minor(self) -> int:
        return self.minor // self.orders if self.orders else 0

    @property
    def change_percent(self) -> int | None:
        """Change against the span before in percent; None where there is nothing to compare with."""
        return round(100 * (self.minor - self.before_minor) / self.before_minor) if self.before_minor else None


def sales(orders: QuerySet[Any], *, spans: Sequence[int], now: dt.datetime) -> list[Sales]:
    """Paid orders of the last so many days up to `now`, in the shop's own currency, for each span; two queries for all of them.

    Orders in other currencies count with what they were worth by the rate their purchase has kept.
    """
    longest = max(spans)
    sold = orders.filter(status__in=SOLD, paid_at__gt=now - dt.timedelta(days=2 * longest), paid_at__lte=now)
    paid = sold.annotate(shop_minor=_in_shops_currency())
    sums = paid.aggregate(**{name: value for days in spans for name, value in _sums(days, now).items()})
    recent = paid.filter(paid_at__gt=now - dt.timedelta(days=longest)).order_by()
    per_day = recent.annotate(day=TruncDate("paid_at")).values("day").annotate(minor=Sum("shop_minor"))
    found = {row["day"]: row["minor"] for row in per_day}
    return [_span(days, sums, found, now.date()) for days in spans]


def _in_shops_currency() -> Case:
    exact: Any = DecimalField(max_digits=60, decimal_places=20)
    shifts = {code: Decimal(1).scaleb(exponent(settings.CURRENCY) - exponent(code)) for code in settings.CURRENCIES}
    shift = Case(*(When(currency=code, then=Value(by, exact)) for code, by in shifts.items()), default=Value(Decimal(1), exact))
    worth = Round(Cast("total_minor", exact) * shift / F("checkout__rate"), output_field=exact)
    return Case(
        When(currency=settings.CURRENCY, then=F("total_minor")),
        When(checkout__base_currency=settings.CURRENCY, then=Cast(worth, BigIntegerField())),
        default=Value(0),
        output_field=BigIntegerField(),
    )


def _sums(days: int, now: dt.datetime) -> dict[str, Any]:
    start = now - dt.timedelta(days=days)
    inside, before = Q(paid_at__gt=start), Q(paid_at__lte=start, paid_at__gt=start - dt.timedelta(days=days))
    return {
        f"orders_{days}": Count("pk", filter=inside),
        f"minor_{days}": Sum("shop_minor", filter=inside, default=0),
        f"before_{days}": Sum("shop_minor", filter=before, default=0),
    }


def _span(days: int, sums: dict[str, Any], by_day: dict[dt.date, int], today: dt.date) -> Sales:
    return Sales(
        days=days,
        orders=sums[f"orders_{days}"],
        minor=sums[f"minor_{days}"],
        before_minor=sums[f"before_{days}"],
        by_day=[by_day.get(today - dt.timedelta(days=back), 0) for back in range(days - 1, -1, -1)],
    )


def merchant_counts(merchant: Merchant, now: dt.datetime) -> dict[str, int]:
    """What a merchant has to do, by name; four queries."""
    orders = MerchantOrder.objects.for_merchant(merchant).aggregate(
        to_ship=Count("pk", filter=Q(status__in=TO_SHIP, pickup_from=None)),
        overdue=Count("pk", filter=Q(status__in=TO_SHIP, pickup_from=None, ship_by__lt=now)),
        to_put_aside=Count("pk", filter=Q(status__in=TO_SHIP, pickup__status="waiting")),
        shipped=Count("pk", filter=Q(status=OrderStatus.SHIPPED)),
    )
    return {
        **orders,
        **counts_for_merchant(merchant, now),
        **_counts(
            {
                "quotes": Quote.objects.for_merchant(merchant).filter(status=QuoteStatus.REQUESTED),
                "trade_requests": TradeAccount.objects.for_merchant(merchant).filter(status=TradeStatus.REQUESTED),
                "undelivered": UndeliveredParcel.objects.for_merchant(merchant).filter(status=UndeliveredStatus.OPEN),
                "claims": CarrierClaim.objects.for_merchant(merchant).filter(status=CarrierClaimStatus.OPEN),
                "low_stock": low(Stock.objects.for_merchant(merchant)),
                "drafts": Product.objects.for_merchant(merchant).filter(status=Product.Status.DRAFT),
                "bad_reviews": Review.objects.filter(
                    product__merchant=merchant, status=Review.Status.VISIBLE, stars__lt=3, created_at__gt=now - dt.timedelta(days=30)
                ),
            }
        ),
        "open_questions": open_questions(merchant.pk).count(),
    }


def operator_counts(now: dt.datetime) -> dict[str, int]:
    """What the operator has to look at, by name; one query."""
    return _counts(
        {
            "dead_events": OutboxEvent.objects.filter(dead_at__isnull=False, handled_at__isnull=True),
            "quarantined": InboxMessage.objects.filter(status="quarantined"),
            "carrier_messages": CarrierMessage.objects.filter(status=CarrierMessageStatus.QUARANTINED),
            "unknown_attempts": PaymentAttempt.objects.filter(status="unknown"),
            "open_differences": ReconciliationDifference.objects.filter(status="open"),
            "failed_refunds": Refund.objects.filter(status="failed"),
            "risky": RiskAssessment.objects.filter(stage="paid", decision="review", verdict=""),
            "copies": CopySuspicion.objects.filter(status="open"),
            "unmatched": BankLine.objects.filter(status="unmatched"),
            "to_transfer": OutgoingTransfer.objects.filter(status="to_make"),
            "disputes": AfterSalesCase.objects.filter(status=CaseStatus.ESCALATED),
            "overdue": MerchantOrder.objects.filter(status__in=TO_SHIP, ship_by__lt=now),
            "to_moderate": ModerationItem.objects.filter(status=ModerationItem.Status.WAITING),
            "products_to_approve": Product.objects.filter(status=Product.Status.PENDING),
            "changes_to_approve": Proposal.objects.filter(status=Proposal.Status.PENDING),
            "applications": MerchantApplication.objects.filter(status__in=TO_REVIEW),
            "ending_papers": expiring_documents(now.date()),
            "appeals": Violation.objects.filter(status=Violation.Status.APPEALED),
            "proposed": Violation.objects.filter(status=Violation.Status.PROPOSED),
            "running_jobs": Job.objects.filter(status__in=[Job.Status.QUEUED, Job.Status.RUNNING]),
            "low_stock": Stock.objects.filter(on_hand__lte=F("reserved")),
        }
    )


def _counts(of: dict[str, QuerySet[Any]]) -> dict[str, int]:
    """How many rows each of these has, in one statement."""
    named = [rows.order_by().annotate(which=Value(name)).values("which").annotate(n=Count("pk")) for name, rows in of.items()]
    first, *others = [rows.values_list("which", "n") for rows in named]
    return {**dict.fromkeys(of, 0), **dict(first.union(*others, all=True))}
