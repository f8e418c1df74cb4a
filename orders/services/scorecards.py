"""Every merchant's scorecard of a day: a fixed number of statements for all merchants together."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db import transaction
from django.db.models import Aggregate, Count, DurationField, Q, Sum

from merchants.models import WINDOWS, Measure, Merchant
from merchants.scorecard_rules import LIMITS
from merchants.services.scorecards import Numbers, replace_scorecards
from orders.selectors.scorecards import SHARES, Span, answered_cases, orders_of_measure, ratings, span_of

Found = dict[uuid.UUID, tuple[int, int]]


class _Median(Aggregate):
    """The value in the middle, one that occurs."""

    function = "PERCENTILE_DISC"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@transaction.atomic
def compute_scorecards(*, day: dt.date, at: dt.datetime) -> int:
    """Compute the scorecards of all active merchants for the windows that end with `day`; again replaces them.

    Args:
        day: by the marketplace's calendar; it should be over.

    Returns how many merchants there are.
    """
    merchants = list(Merchant.objects.filter(status__in=Merchant.SHOWN).order_by("pk").values_list("pk", flat=True))
    numbers = [
        Numbers(merchant_id, window, {measure: by_merchant.get(merchant_id, (0, 0)) for measure, by_merchant in found.items()})
        for window, found in ((window, _measured(span_of(day, window))) for window in WINDOWS)
        for merchant_id in merchants
    ]
    replace_scorecards(day=day, numbers=numbers, at=at)
    return len(merchants)


def _measured(span: Span) -> dict[Measure, Found]:
    return {**{measure: _share(measure, span) for measure in SHARES}, Measure.RESPONSE: _response(span), Measure.RATING: _rating(span)}


def _share(measure: Measure, span: Span) -> Found:
    # What must stay below a limit is counted where it went wrong, what must stay above it where it went well.
    count = Count("pk", filter=Q(went_wrong=LIMITS[measure].is_most))
    rows: Any = orders_of_measure(measure, span).order_by().values("merchant").annotate(found=count, of=Count("pk"))
    return {merchant_id: (found, of) for merchant_id, found, of in rows.values_list("merchant", "found", "of")}


def _response(span: Span) -> Found:
    median = _Median("waited", output_field=DurationField())
    rows: Any = answered_cases(span).order_by().values("merchant").annotate(median=median, of=Count("pk"))
    return {
        merchant_id: (int(median.total_seconds() // 60), of) for merchant_id, median, of in rows.values_list("merchant", "median", "of")
    }


def _rating(span: Span) -> Found:
    rows: Any = ratings(span).order_by().values("product__merchant").annotate(sum=Sum("stars"), of=Count("pk"))
    return {merchant_id: (stars, of) for merchant_id, stars, of in rows.values_list("product__merchant", "sum", "of")}
