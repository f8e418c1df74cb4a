"""What the demo's goods cost before today, so that reductions have something they were reduced from."""

import datetime as dt

from django.db.models import Count

from catalog.models import PriceChange, Variant

# One in so many reductions was never preceded by its compare-at price, and so shows no percentage.
NEVER_ASKED = 4


def remember(now: dt.datetime, *, opened: dt.datetime) -> int:
    """Reduced goods were dearer until some days ago; returns how many got a past. Who has one already keeps it."""
    fresh = Variant.objects.annotate(known=Count("price_changes")).filter(known=1, compare_at_minor__isnull=False)
    rows = []
    for number, variant in enumerate(fresh.order_by("sku")):
        if number % NEVER_ASKED == NEVER_ASKED - 1:
            continue
        middle = (variant.price_minor + (variant.compare_at_minor or 0)) // 2
        steps = [(opened, variant.compare_at_minor, None), (now - dt.timedelta(days=3 + number % 18), variant.price_minor, True)]
        if number % 5 == 0:
            steps.insert(1, (now - dt.timedelta(days=40), middle, None))
        for at, minor, is_reduced in steps:
            was = variant.compare_at_minor if is_reduced else None
            rows.append(PriceChange(variant=variant, currency=variant.currency, price_minor=minor, compare_at_minor=was, at=at))
    PriceChange.objects.bulk_create(rows)
    return len(rows)
