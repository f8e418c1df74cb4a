"""One mail when a sold-out variant is back: asked for, confirmed where nobody is signed in, sent once, switched off by a link."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import User
from catalog.errors import AlertAddressMissing, AlertNotFound, ProductNotFound, TooManyAlerts
from catalog.events import StockAlertAsked, StockAlertsDue
from catalog.models import StockAlert, Variant
from core.counters import count_try
from core.outbox import publish

# What the link in the first mail is signed for; it also says no.
CONFIRM = "catalog.stock_alert confirm"
DAY_SECONDS = 24 * 3600
# A stranger's address gets so many questions a day, one network address may ask so many.
MOST_QUESTIONS = 5
MOST_FROM_ADDRESS = 20
MOST_WAITING = 100
KEPT_UNCONFIRMED = dt.timedelta(days=7)


@transaction.atomic
def ask_for_alert(*, variant_id: uuid.UUID, user: User | None, email: str, language: str, origin: str, at: dt.datetime) -> StockAlert:
    """Wait for a variant; asking again changes nothing. A guest's address is asked by mail first, once.

    Args:
        origin: the network address, whose questions are counted.

    Raises:
        ProductNotFound: no variant on sale.
        AlertAddressMissing: a guest gave no e-mail address.
        TooManyAlerts: too many from here today, or this member waits for a hundred things.
    """
    if not Variant.objects.filter(pk=variant_id, is_active=True, product__card__is_visible=True).exists():
        raise ProductNotFound
    address = user.email if user else _valid(email)
    waiting = StockAlert.objects.filter(variant_id=variant_id, email__iexact=address, told_at=None)
    found = waiting.first()
    if found is not None:
        if user is not None and found.confirmed_at is None:
            waiting.update(user=user, confirmed_at=at)
        return found
    _refuse_floods(user, address, origin)
    alert = StockAlert(variant_id=variant_id, user=user, email=address, language=language, created_at=at)
    alert.confirmed_at = at if user else None
    StockAlert.objects.bulk_create([alert], ignore_conflicts=True)
    made = waiting.get()
    if made.pk == alert.pk and user is None:
        publish(StockAlertAsked(str(alert.pk)))
    return made


def _valid(email: str) -> str:
    clean = email.replace("\0", "").strip().lower()
    try:
        validate_email(clean)
    except ValidationError:
        raise AlertAddressMissing from None
    if len(clean) > 254:
        raise AlertAddressMissing
    return clean


def _refuse_floods(user: User | None, address: str, origin: str) -> None:
    if user is not None:
        is_flood = StockAlert.objects.filter(user=user, told_at=None).count() >= MOST_WAITING
    else:
        from_here = count_try(f"alerts-from:{_digest(origin)}", seconds=DAY_SECONDS)
        is_flood = from_here > MOST_FROM_ADDRESS or count_try(f"alerts-to:{_digest(address)}", seconds=DAY_SECONDS) > MOST_QUESTIONS
    if is_flood:
        raise TooManyAlerts


def _digest(text: str) -> str:
    """Stands for an address in the cache, where nobody's address should lie."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def confirm_alert(*, alert_id: uuid.UUID, at: dt.datetime) -> None:
    """The owner of the address says yes. Raises AlertNotFound: told, switched off or forgotten already."""
    rows = StockAlert.objects.filter(pk=alert_id, told_at=None)
    if not rows.filter(confirmed_at=None).update(confirmed_at=at) and not rows.exists():
        raise AlertNotFound


def drop_alert(*, alert_id: uuid.UUID) -> None:
    """No mail, please. Raises AlertNotFound: told, switched off or forgotten already."""
    if not StockAlert.objects.filter(pk=alert_id, told_at=None).delete()[0]:
        raise AlertNotFound


@transaction.atomic
def wake_alerts(*, alert_ids: Sequence[uuid.UUID], at: dt.datetime) -> int:
    """Their variants can be had again: each of these is due once; returns how many were."""
    rows = StockAlert.objects.select_for_update(skip_locked=True).filter(pk__in=alert_ids, told_at=None, confirmed_at__isnull=False)
    keys = [alert.pk for alert in rows.order_by("pk")]
    if keys:
        StockAlert.objects.filter(pk__in=keys).update(told_at=at)
        publish(StockAlertsDue([str(key) for key in keys]))
    return len(keys)


def forget_unconfirmed(*, at: dt.datetime) -> int:
    """Addresses that never said yes are not kept."""
    return int(StockAlert.objects.filter(confirmed_at=None, created_at__lt=at - KEPT_UNCONFIRMED).delete()[0])
