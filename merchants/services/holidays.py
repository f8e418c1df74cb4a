"""Holidays of shops: planned by the merchant, begun and ended by a sweep, lifted by merchant or operator."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.outbox import publish
from core.states import move_to, record_change, write_changes
from merchants.errors import HolidayInvalid, HolidayKnown, HolidayNotFound, MerchantNotFound, ShopNotSelling
from merchants.events import HolidayStarted, MerchantChanged
from merchants.models import Holiday, Merchant
from merchants.states import HolidayStatus

LONGEST_DAYS = 60
FURTHEST_DAYS = 365
LONGEST_NOTICE = 300
ACTOR = "system:holidays"


@transaction.atomic
def plan_holiday(
    *,
    merchant_id: uuid.UUID,
    first_day: dt.date,
    last_day: dt.date,
    notice: str = "",
    notice_zh: str = "",
    keeps_selling: bool,
    actor: str,
    at: dt.datetime,
) -> Holiday:
    """Rest from the first day to the last one, both by the marketplace's calendar; one that begins today begins at once.

    Args:
        notice: what shoppers read beside the day of return, at most 300 characters.
        keeps_selling: goods can be bought meanwhile, with the promise that they are sent afterwards.

    Raises:
        MerchantNotFound: there is none.
        ShopNotSelling: it is suspended or closed.
        HolidayInvalid: days in the wrong order, past, too many or too far away, or a notice too long.
        HolidayKnown: one is planned or running.
    """
    merchant = _locked_merchant(merchant_id)
    if merchant.status not in Merchant.SHOWN:
        raise ShopNotSelling
    today = timezone.localdate(at)
    texts = (notice.strip(), notice_zh.strip())
    if not _is_possible(first_day, last_day, today) or any(len(text) > LONGEST_NOTICE or "\x00" in text for text in texts):
        raise HolidayInvalid(most=LONGEST_DAYS)
    row = Holiday(
        merchant=merchant,
        starts_at=max(_midnight(first_day), at),
        ends_at=_midnight(last_day + dt.timedelta(days=1)),
        notice=texts[0],
        i18n={"zh-hans": {"notice": texts[1]}} if texts[1] else {},
        keeps_selling=keeps_selling,
        made_by=actor,
        created_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise HolidayKnown from error
    write_changes([record_change(row, "", row.status, actor=actor, reason="", at=at)])
    if row.starts_at <= at:
        _start(merchant, row, actor, at)
    return row


def _is_possible(first: dt.date, last: dt.date, today: dt.date) -> bool:
    is_near = today <= first <= today + dt.timedelta(days=FURTHEST_DAYS)
    return is_near and first <= last < first + dt.timedelta(days=LONGEST_DAYS)


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


@transaction.atomic
def end_holiday(*, merchant_id: uuid.UUID, holiday_id: uuid.UUID, actor: str, reason: str = "", at: dt.datetime) -> Holiday:
    """Call off a planned holiday, or end a running one now. Deadlines that were moved for it stay where they are. Again is the same answer.

    Raises:
        MerchantNotFound, HolidayNotFound: there is none, or not of this merchant.
    """
    merchant = _locked_merchant(merchant_id)
    row = _locked(merchant, holiday_id)
    if row.status == HolidayStatus.PLANNED:
        move_to(row, HolidayStatus.CANCELLED, actor=actor, reason=reason[:200], at=at, ended_at=at)
    elif row.status == HolidayStatus.RUNNING:
        _end(merchant, row, actor, reason, at)
    return row


def move_holidays(*, at: dt.datetime, limit: int = 100) -> int:
    """Sweep: begin and end the holidays whose time has come; returns how many. Several may run at once."""
    running, planned = Holiday.objects.filter(status=HolidayStatus.RUNNING), Holiday.objects.filter(status=HolidayStatus.PLANNED)
    ending = running.filter(ends_at__lte=at).order_by("ends_at").values_list("merchant_id", "pk")[:limit]
    moved = sum(_move(owner, key, HolidayStatus.RUNNING, at) for owner, key in list(ending))
    starting = planned.filter(starts_at__lte=at).order_by("starts_at").values_list("merchant_id", "pk")[:limit]
    return moved + sum(_move(owner, key, HolidayStatus.PLANNED, at) for owner, key in list(starting))


@transaction.atomic
def _move(merchant_id: uuid.UUID, holiday_id: uuid.UUID, status: str, at: dt.datetime) -> bool:
    """One that somebody has moved since it was found is left alone."""
    merchant = _locked_merchant(merchant_id)
    row = _locked(merchant, holiday_id)
    if row.status != status:
        return False
    if status == HolidayStatus.RUNNING:
        _end(merchant, row, ACTOR, "", at)
    elif row.ends_at <= at:  # nobody swept for so long that it is over
        move_to(row, HolidayStatus.CANCELLED, actor=ACTOR, reason="missed", at=at, ended_at=at)
    else:
        _start(merchant, row, ACTOR, at)
    return True


def _start(merchant: Merchant, row: Holiday, actor: str, at: dt.datetime) -> None:
    move_to(row, HolidayStatus.RUNNING, actor=actor, at=at)
    rests = merchant.is_active and not row.keeps_selling
    _note(merchant, Merchant.Status.HOLIDAY if rests else merchant.status, actor, at, back_at=row.ends_at)
    publish(HolidayStarted(holiday_id=str(row.pk), merchant_id=str(merchant.pk)), MerchantChanged(str(merchant.pk)))


def _end(merchant: Merchant, row: Holiday, actor: str, reason: str, at: dt.datetime) -> None:
    move_to(row, HolidayStatus.OVER, actor=actor, reason=reason[:200], at=at, ended_at=at)
    rested = merchant.status == Merchant.Status.HOLIDAY
    _note(merchant, Merchant.Status.ACTIVE if rested else merchant.status, actor, at, back_at=None)
    publish(MerchantChanged(str(merchant.pk)))


def _note(merchant: Merchant, status: str, actor: str, at: dt.datetime, **changes: Any) -> None:
    """The caller holds the merchant's row."""
    if status != merchant.status:
        move_to(merchant, status, actor=actor, reason="holiday", at=at, **changes)
    else:
        Merchant.objects.filter(pk=merchant.pk).update(**changes)


def end_with_shop(merchant: Merchant, *, actor: str, at: dt.datetime) -> None:
    """The shop closes for good, so no holiday is ahead of it; the caller holds the merchant's row and changes it."""
    endings: dict[str, Callable[[Holiday], None]] = {
        HolidayStatus.PLANNED: lambda row: move_to(row, HolidayStatus.CANCELLED, actor=actor, reason="shop closed", at=at, ended_at=at),
        HolidayStatus.RUNNING: lambda row: move_to(row, HolidayStatus.OVER, actor=actor, reason="shop closed", at=at, ended_at=at),
    }
    for row in Holiday.objects.for_merchant(merchant).filter(status__in=endings).order_by("pk"):
        endings[row.status](row)


def _locked_merchant(merchant_id: uuid.UUID) -> Merchant:
    """Before its holidays, as everywhere."""
    merchant = Merchant.objects.select_for_update(no_key=True).filter(pk=merchant_id).first()
    if merchant is None:
        raise MerchantNotFound
    return merchant


def _locked(merchant: Merchant, holiday_id: uuid.UUID) -> Holiday:
    row: Holiday | None = Holiday.objects.for_merchant(merchant).select_for_update(no_key=True).filter(pk=holiday_id).first()
    if row is None:
        raise HolidayNotFound
    return row
