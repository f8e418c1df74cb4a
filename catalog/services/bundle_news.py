"""What may have made a set available, or not, besides goods that moved."""

from __future__ import annotations

import uuid

from catalog.events import BundlesTouched
from catalog.models import BundleItem
from core.outbox import publish


def note_bundles_of(product_id: uuid.UUID) -> None:
    """A variant of this product goes on or off sale: the sets it is in follow. One query, and an event where there are any."""
    found = BundleItem.objects.filter(component__product=product_id).order_by("product").values_list("product", flat=True).distinct()
    note_bundles([str(key) for key in found])


def note_bundles(product_ids: list[str]) -> None:
    """These sets may be available now, or no longer."""
    if product_ids:
        publish(BundlesTouched(product_ids=product_ids))
