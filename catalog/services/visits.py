"""What members look at, and shops they follow."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from catalog.errors import ShopNotFound
from catalog.models import ProductCard, RecentView, ShopFollow
from catalog.selectors.visits import KEPT
from merchants.models import Merchant


@transaction.atomic
def note_seen(*, user: User, product_ids: Sequence[uuid.UUID], at: dt.datetime) -> None:
    """A member looked at products, the last one first; of all the newest fifty are kept. Products nobody may see are passed over.

    Three statements, however many products.
    """
    asked = list(dict.fromkeys(product_ids))[:KEPT]
    visible = set(ProductCard.objects.filter(pk__in=asked, is_visible=True).values_list("pk", flat=True))
    step = dt.timedelta(milliseconds=1)
    seen = [(key, at - step * place) for place, key in enumerate(asked) if key in visible]
    # In key order, so that two tabs of one member never wait for each other.
    rows = [RecentView(user=user, product_id=key, seen_at=moment) for key, moment in sorted(seen)]
    RecentView.objects.bulk_create(rows, update_conflicts=True, unique_fields=["user", "product"], update_fields=["seen_at"])
    old = RecentView.objects.filter(user=user).order_by("-seen_at", "-pk").values("pk")[KEPT:]
    RecentView.objects.filter(pk__in=old).delete()


def forget_seen(*, user: User) -> None:
    """A member wants nothing kept of what was looked at."""
    RecentView.objects.filter(user=user).delete()


def follow_shop(*, user: User, merchant_id: uuid.UUID, is_followed: bool) -> None:
    """Follow a shop, or no longer; the same twice is the same as once.

    Raises:
        ShopNotFound: no shop that is open.
    """
    if not is_followed:
        ShopFollow.objects.filter(user=user, merchant_id=merchant_id).delete()
        return
    if not Merchant.objects.filter(pk=merchant_id, status=Merchant.Status.ACTIVE).exists():
        raise ShopNotFound
    ShopFollow.objects.bulk_create([ShopFollow(user=user, merchant_id=merchant_id)], ignore_conflicts=True)
