"""What stands behind the numbers of a merchant's scorecard: one definition for the number and for the list of the orders behind it.

Everything is as it was at the end of the span, so that what happens today does not change what yesterday's number was made of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Least, TruncDay
from django.utils import timezone

from catalog.models import Review
from core.models import StateChange
from logistics.models import Shipment
from logistics.rules import delivery_promise
from merchants.models import Measure
from orders.case_rules import FAULTS
from orders.models import AfterSalesCase, CaseMessage, MerchantOrder
from orders.states import CaseKind, CaseReason, CaseSide, CaseStatus, OrderStatus, Verdict

# At least six signs of which one is a digit; anything else no carrier has given out.
TRACKING = r"^(?=.*[0-9])[A-Za-z0-9-]{6,}$"
MONDAY = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """So many days of the marketplace's calendar: from one midnight up to, and without, another."""

    start: dt.datetime
    end: dt.datetime


def span_of(day: dt.date, days: int) -> Span:
    """The `days` days of which `day` is the last."""
    midnight = timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time()))
    return Span(midnight - dt.timedelta(days=days), midnight)


def orders_of_measure(measure: Measure, span: Span) -> QuerySet[MerchantOrder]:
    """The orders a share is taken of, over all merchants; `went_wrong` says which of them count against their merchant."""
    orders = MerchantOrder.objects.filter(is_digital=False)
    if measure in {Measure.LATE, Measure.TRACKED, Measure.ON_TIME}:
        orders = orders.filter(pickup_from=None)  # it leaves when its shopper comes, and has no carrier
    return _SHARES[measure](orders, span)


def _due(orders: QuerySet[Any], span: Span) -> QuerySet[Any]:
    return orders.filter(ship_by__gte=span.start, ship_by__lt=span.end)


def _shipped(orders: QuerySet[Any], span: Span) -> QuerySet[Any]:
    return orders.filter(shipped_at__gte=span.start, shipped_at__lt=span.end)


def _wrong(orders: QuerySet[Any], condition: Any) -> QuerySet[Any]:
    is_wrong = Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
    found: QuerySet[Any] = orders.annotate(went_wrong=is_wrong)
    return found


def _ended(span: Span) -> QuerySet[StateChange]:
    return StateChange.objects.filter(entity_id=OuterRef("pk"), to_status=OrderStatus.CANCELLED, at__lt=span.end)


def _late(orders: QuerySet[Any], span: Span) -> QuerySet[Any]:
    """Of the orders due in the span that were not cancelled instead, those sent after their time, or not at all."""
    cancelled = Q(Exists(_ended(span)), status=OrderStatus.CANCELLED, shipped_at=None)
    return _wrong(_due(orders, span).exclude(cancelled), Q(shipped_at=None) | Q(shipped_at__gt=F("ship_by")))


def _cancelled(orders: QuerySet[Any], span: Span) -> QuerySet[Any]:
    """Of the orders due in the span, those the merchant cancelled before sending, and not because the shopper asked for it."""
    by_shop = Exists(_ended(span).filter(_by_shop("actor")))
    wanted = Exists(AfterSalesCase.objects.filter(order=OuterRef("pk"), kind=CaseKind.CANCELLATION))
    return _wrong(_due(orders, span), Q(by_shop, ~wanted, status=OrderStatus.CANCELLED, shipped_at=None))


def _by_shop(field: str) -> Q:
    return Q(**{f"{field}__startswith": "merchant:"}) | Q(**{f"{field}__startswith": "api:"})


def _held_cases(span: Span) -> QuerySet[AfterSalesCase]:
    """Cases about an order that were neither withdrawn nor decided for the merchant by the end of the span."""
    cases = AfterSalesCase.objects.filter(order=OuterRef("pk"), opened_at__lt=span.end)
    cases = cases.exclude(status=CaseStatus.WITHDRAWN, closed_at__lt=span.end)
    return cases.exclude(verdict__outcome=Verdict.MERCHANT, verdict__created_at__lt=span.end)


def _returned(orders: QuerySet[Any], span: Span) -> QuerySet[Any]:
    """Of the orders sent in the span, those about which a fault of the merchant was reported."""
    return _wrong(_shipped(orders, span), Exists(_held_cases(span).filter(reason__in=FAULTS)))


def _disputed(orders: QuerySet[Any], span: Span) -> QuerySet[Any]:
    """Of the orders sent in the span, those whose shopper asked the marketplace for a decision."""
    return _wrong(_shipped(orders, span), Exists(_held_cases(span).filter(escalated_at__lt=span.end)))


def _tracked(orders: QuerySet[Any], span: Span) -> QuerySet[Any]:
    """Of the orders sent in the span, those with a parcel whose number no carrier gives out, or that another order has, too."""
    parcels = Shipment.objects.filter(reference=OuterRef("pk"), direction=Shipment.Direction.TO_SHOPPER)
    twins = Shipment.objects.filter(merchant=OuterRef("merchant"), tracking_number=OuterRef("tracking_number"), shipped_at__lt=span.end)
    twins = twins.filter(direction=Shipment.Direction.TO_SHOPPER).exclude(reference=OuterRef("reference"))
    invalid = parcels.filter(~Q(tracking_number__regex=TRACKING) | Exists(twins))
    return _wrong(_shipped(orders, span), ~Exists(parcels) | Q(Exists(invalid)))


def _on_time(orders: QuerySet[Any], span: Span) -> QuerySet[Any]:
    """Of the orders whose last promised day lies in the span and that were not cancelled, those that had not arrived by its end."""
    cancelled = Q(Exists(_ended(span)), status=OrderStatus.CANCELLED)
    # No parcel is on its way for longer than this, so that only a few orders are looked at.
    near = orders.filter(ship_by__gte=span.start - dt.timedelta(days=10), ship_by__lt=span.end)
    promised = near.annotate(promised_by=_promised_by()).filter(promised_by__gt=span.start, promised_by__lte=span.end)
    arrived = Coalesce("delivered_at", "completed_at")
    rows = promised.annotate(arrived_at=arrived).exclude(cancelled)
    return _wrong(rows, Q(arrived_at=None) | Q(arrived_at__gte=F("promised_by")))


def _promised_by() -> Combinable:
    """The midnight that ends the last day of delivery an order handed over at the last moment was promised for."""
    days = {}
    for weekday in range(1, 8):
        ready = MONDAY + dt.timedelta(days=weekday - 1)
        days[weekday] = delivery_promise(0, ready)[1] - ready.date() + dt.timedelta(days=1)
    whens = [When(ship_by__iso_week_day=weekday, then=Value(wait)) for weekday, wait in days.items()]
    return ExpressionWrapper(TruncDay("ship_by") + Case(*whens, output_field=DurationField()), output_field=DateTimeField())


_SHARES: dict[Measure, Callable[[QuerySet[Any], Span], QuerySet[Any]]] = {
    Measure.LATE: _late,
    Measure.CANCELLED: _cancelled,
    Measure.RETURNED: _returned,
    Measure.DISPUTED: _disputed,
    Measure.TRACKED: _tracked,
    Measure.ON_TIME: _on_time,
}
SHARES = tuple(_SHARES)


def answered_cases(span: Span) -> QuerySet[Any]:
    """Cases opened in the span that the merchant had to answer and has answered, or let its deadline answer; `waited` says how long.

    A withdrawal from the contract is approved by being declared, so nobody waits for an answer.
    """
    moves = StateChange.objects.filter(_by_shop("actor") | Q(actor="system:deadline"), entity_id=OuterRef("pk")).exclude(from_status="")
    words = CaseMessage.objects.filter(case=OuterRef("pk"), side=CaseSide.MERCHANT)
    answered = Least(
        Subquery(moves.order_by().values("entity_id").annotate(at_first=Min("at")).values("at_first")),
        Subquery(words.order_by().values("case").annotate(at_first=Min("created_at")).values("at_first")),
    )
    opened = AfterSalesCase.objects.filter(opened_at__gte=span.start, opened_at__lt=span.end).exclude(reason=CaseReason.WITHDRAWAL)
    waited = ExpressionWrapper(F("answered_at") - F("opened_at"), output_field=DurationField())
    found: QuerySet[Any] = opened.annotate(answered_at=answered).filter(answered_at__lt=span.end).annotate(waited=waited)
    return found


def ratings(span: Span) -> QuerySet[Review]:
    """Visible reviews of what was bought, written in the span."""
    return Review.objects.filter(
        created_at__gte=span.start, created_at__lt=span.end, status=Review.Status.VISIBLE, order_line__isnull=False
    )
