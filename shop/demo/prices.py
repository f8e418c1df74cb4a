"""What the demo's goods cost before today, so that reductions have something they were reduced from."""

import datetime as dt

from django.db.models import Count

from catalog.models import PriceChange, Variant
from catalog.rules.quantities import Tier, tiers_fit
from catalog.services.cards import refresh_cards
from catalog.services.variants import update_variant

# One in so many reductions was never preceded by its compare-at price, and so shows no percentage.
NEVER_ASKED = 4


def remember(now: dt.datetime, *, opened: dt.datetime) -> int:
    """Reduced goods were dearer until some days ago; returns how many got a past. Who has one already keeps it."""
    fresh = Variant.objects.annotate(known=Count("price_changes")).filter(known=1, compare_at_minor__isnull=False).order_by("sku")
    rows = []
    for number, variant in enumerate(fresh):
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
    refresh_cards(variant.product_id for variant in fresh)
    return len(rows)


# What is bought by the dozen: a least quantity, what it is sold in, and by how much it is cheaper from how many on, in per cent.
IN_BULK = ((1, 1, ((5, 5), (20, 12))), (6, 6, ((24, 6), (60, 10), (120, 15))), (1, 1, ((3, 4),)))


def sell_in_bulk() -> None:
    """Groceries and kitchen goods are cheaper by the dozen, some are sold by the half dozen only."""
    rows = Variant.objects.filter(product__category__slug__in=["groceries", "kitchen-accessories"], tiers=[], price_minor__gte=100)
    for number, variant in enumerate(rows.order_by("sku")[:18]):
        least, step, cuts = IN_BULK[number % len(IN_BULK)]
        tiers = [Tier(quantity, variant.price_minor * (100 - percent) // 100) for quantity, percent in cuts]
        if tiers_fit(variant.price_minor, tiers):
            update_variant(variant_id=variant.pk, tiers=tiers, min_quantity=least, quantity_step=step)
