"""What a member looked at lately."""

from __future__ import annotations

import uuid

from accounts.models import User
from catalog.models import RecentView
from catalog.selectors.cards import Card, cards_by_ids

KEPT = 50


def recent_cards(user: User, language: str, *, limit: int = KEPT, without: uuid.UUID | None = None) -> list[Card]:
    """The products a member looked at, the last one first. Two queries."""
    keys = RecentView.objects.filter(user=user).order_by("-seen_at", "-pk").values_list("product_id", flat=True)[:KEPT]
    return cards_by_ids([key for key in keys if key != without], language)[:limit]
