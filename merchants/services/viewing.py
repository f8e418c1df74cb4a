"""The operator's support looks at a shop as the shop sees itself: written into the shop's log when it begins and when it ends."""

from __future__ import annotations

import datetime as dt

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from accounts.models import User
from merchants.errors import ViewingReasonMissing
from merchants.models import Merchant, Operation

LASTS = dt.timedelta(minutes=30)


@transaction.atomic
def begin_viewing(*, merchant: Merchant, actor: User, reason: str, at: dt.datetime) -> dt.datetime:
    """Write down that somebody of the operator begins to look; returns until when, half an hour from `at`.

    Raises:
        ViewingReasonMissing: nobody looks at a shop for no reason.
    """
    said = reason.strip()[:200]
    if not said:
        raise ViewingReasonMissing
    _note(merchant, actor, {"viewed": [None, said]}, at)
    return at + LASTS


@transaction.atomic
def end_viewing(*, merchant: Merchant, actor: User, at: dt.datetime) -> None:
    """Write down that the look is over."""
    _note(merchant, actor, {"viewed_until": [None, f"{at:%Y-%m-%d %H:%M} UTC"]}, at)


def _note(merchant: Merchant, actor: User, changes: dict[str, list[str | None]], at: dt.datetime) -> None:
    Operation.objects.create(
        merchant=merchant,
        content_type=ContentType.objects.get_for_model(Merchant),
        object_pk=str(merchant.pk),
        object_repr=str(merchant),
        action=Operation.Action.ACCESS,
        changes=changes,
        actor=actor,
        actor_email=actor.email,
        timestamp=at,
        additional_data={"by": "operator"},
    )
