"""Reads: what somebody has, until when, and how it came to be."""

import datetime as dt
import uuid

from django.db.models import QuerySet, Sum

from loyalty.models import PointsDebt, PointsEntry, PointsLot


def balance(user_id: uuid.UUID, at: dt.datetime) -> int:
    """Points this person can spend at that moment. One query."""
    return lots(user_id, at).aggregate(points=Sum("remaining"))["points"] or 0


def lots(user_id: uuid.UUID, at: dt.datetime) -> QuerySet[PointsLot]:
    """Lots with something left, the one that expires first in front."""
    return PointsLot.objects.filter(user_id=user_id, remaining__gt=0, expires_at__gt=at).order_by("expires_at", "id")


def history(user_id: uuid.UUID, limit: int = 50) -> QuerySet[PointsEntry]:
    """The latest movements of points, newest first. Entries without points are marks of bookkeeping and left out."""
    rows = PointsEntry.objects.filter(user_id=user_id).exclude(delta=0).select_related("lot")
    return rows.order_by("-created_at", "-id")[:limit]


def debt(user_id: uuid.UUID) -> int:
    """Points taken back that had been spent already; the next ones earned pay them off."""
    return PointsDebt.objects.filter(user_id=user_id).values_list("points", flat=True).first() or 0


def spent_on(reference: uuid.UUID) -> int:
    """Points that were spent on a merchant order, whether or not they came back."""
    spent: int | None = PointsEntry.objects.filter(reference=reference, kind=PointsEntry.Kind.REDEEM).aggregate(points=-Sum("delta"))[
        "points"
    ]
    return spent or 0
