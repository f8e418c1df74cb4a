"""Whose shop somebody of the operator looks at: kept in their session, read-only, for half an hour."""

from __future__ import annotations

import datetime as dt
import uuid

from django.http import HttpRequest
from django.utils import timezone

from merchants.models import Merchant

KEY = "viewing_shop"


def open_view(request: HttpRequest, merchant: Merchant, until: dt.datetime) -> None:
    """Let this session look at the shop until then."""
    request.session[KEY] = {"merchant": str(merchant.pk), "until": until.isoformat(), "by": str(request.user.pk)}


def close_view(request: HttpRequest) -> Merchant | None:
    """End it; returns whose shop it was, if any."""
    kept = request.session.pop(KEY, None)
    return Merchant.objects.filter(pk=uuid.UUID(kept["merchant"])).first() if kept else None


def viewed_shop(request: HttpRequest) -> Merchant | None:
    """The shop this request looks at: only for the operator's staff who may see merchants, and only while it lasts."""
    kept = request.session.get(KEY) if request.user.is_authenticated and request.user.is_staff else None
    if not kept or kept["by"] != str(request.user.pk) or dt.datetime.fromisoformat(kept["until"]) <= timezone.now():
        return None
    if not request.user.has_perm("merchants.view_merchant"):
        return None
    return Merchant.objects.filter(pk=uuid.UUID(kept["merchant"])).first()
