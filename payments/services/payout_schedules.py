"""When a merchant is paid: opened for everybody with money, chosen by the merchant, paused by the operator."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from core.money import Money
from core.states import record_change, write_changes
from merchants.models import Merchant
from payments import payout_rules
from payments.errors import MinimumOutOfRange, ScheduleInvalid
from payments.models import LedgerAccount, PayoutSchedule

Frequency = PayoutSchedule.Frequency


def schedule_for(*, merchant_id: uuid.UUID, at: dt.datetime) -> PayoutSchedule:
    """A merchant's schedule, opened with the default (every Monday) if there is none yet."""
    found: PayoutSchedule | None = PayoutSchedule.objects.filter(merchant_id=merchant_id).first()
    if found is None:
        _open([merchant_id], at)
        found = PayoutSchedule.objects.get(merchant_id=merchant_id)
    return found


def open_schedules(*, at: dt.datetime) -> int:
    """Open the default schedule for every merchant who has been owed something and has none; returns for how many."""
    owed = LedgerAccount.objects.filter(kind=LedgerAccount.Kind.PAYABLE, merchant__payout_schedule=None).order_by()
    merchant_ids = list(owed.values_list("merchant_id", flat=True).distinct())
    _open([key for key in merchant_ids if key], at)
    return len(merchant_ids)


def _open(merchant_ids: list[uuid.UUID], at: dt.datetime) -> None:
    first = next_moment(PayoutSchedule(), after=at)
    rows = [PayoutSchedule(created_at=at, merchant_id=merchant_id, next_payout_at=first) for merchant_id in merchant_ids]
    PayoutSchedule.objects.bulk_create(rows, ignore_conflicts=True)


def settled_in() -> str:
    """The currency in which minimums are named."""
    return str(settings.CURRENCY)


def next_moment(schedule: PayoutSchedule, *, after: dt.datetime) -> dt.datetime:
    """When a schedule pays next, in the installation's time zone."""
    return payout_rules.next_payout(
        frequency=schedule.frequency,
        weekday=schedule.weekday,
        day=schedule.day,
        after=after,
        zone=timezone.get_default_timezone(),
    )


@transaction.atomic
def set_schedule(
    *, merchant: Merchant, frequency: str, weekday: int, day: int, minimum_minor: int, actor: str, at: dt.datetime
) -> PayoutSchedule:
    """Choose how often a merchant is paid and from how many minor units of the settlement currency on.

    Raises:
        ScheduleInvalid: no such frequency, weekday (Monday is 0) or day of the month (1 to 28).
        MinimumOutOfRange: less than the operator's minimum, or absurdly much.
    """
    is_known = frequency in Frequency.values and 0 <= weekday <= 6 and 1 <= day <= payout_rules.LAST_DAY
    if not is_known:
        raise ScheduleInvalid
    if not settings.PAYOUT_MINIMUM_MINOR <= minimum_minor <= payout_rules.LONGEST_MINIMUM:
        raise MinimumOutOfRange(least=Money(settings.PAYOUT_MINIMUM_MINOR, settings.CURRENCY).format())
    schedule = _locked(merchant, at)
    schedule.frequency, schedule.weekday, schedule.day, schedule.minimum_minor = frequency, weekday, day, minimum_minor
    schedule.next_payout_at = next_moment(schedule, after=at)
    schedule.save(update_fields=["frequency", "weekday", "day", "minimum_minor", "next_payout_at"])
    _note(schedule, "rescheduled", actor, f"{frequency} {minimum_minor}", at)
    return schedule


@transaction.atomic
def pause_payouts(*, merchant: Merchant, actor: str, reason: str, at: dt.datetime) -> PayoutSchedule:
    """Stop paying a merchant out; periods are still closed and their balance is carried forward. Again changes the reason."""
    schedule = _locked(merchant, at)
    schedule.paused_at, schedule.paused_reason = schedule.paused_at or at, reason[:200]
    schedule.save(update_fields=["paused_at", "paused_reason"])
    _note(schedule, "paused", actor, reason, at)
    return schedule


@transaction.atomic
def resume_payouts(*, merchant: Merchant, actor: str, reason: str, at: dt.datetime) -> PayoutSchedule:
    """Pay out again from the next period on; nothing changes where it was not paused."""
    schedule = _locked(merchant, at)
    if schedule.is_paused:
        schedule.paused_at, schedule.paused_reason = None, ""
        schedule.save(update_fields=["paused_at", "paused_reason"])
        _note(schedule, "resumed", actor, reason, at)
    return schedule


def _locked(merchant: Merchant, at: dt.datetime) -> PayoutSchedule:
    schedule_for(merchant_id=merchant.pk, at=at)
    locked: PayoutSchedule = PayoutSchedule.objects.select_for_update().get(merchant=merchant)
    return locked


def _note(schedule: PayoutSchedule, what: str, actor: str, reason: str, at: dt.datetime) -> None:
    write_changes([record_change(schedule, "", what, actor=actor, reason=reason[:200], at=at)])
