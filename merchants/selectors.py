"""Reads about merchants."""

from __future__ import annotations

import datetime as dt
import hmac
import uuid
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Sum
from django.db.models.functions import JSONObject

from accounts.models import User
from core.compiled import compiled
from merchants.models import ApiKey, CommissionPlan, CommissionRule, Holiday, Invitation, Membership, Merchant, Scorecard, Violation
from merchants.rules import Terms
from merchants.scorecard_rules import POINTS_COUNT_DAYS
from merchants.services.api_keys import MARK, hash_secret, note_use
from merchants.services.merchants import DEFAULT_PLAN, DEFAULT_RATE_BPS, MAX_SLUG
from merchants.states import HolidayStatus

_NO_HASH = "0" * 64


def memberships_of(user: User | AnonymousUser) -> QuerySet[Membership]:
    """The teams a person belongs to, the first one joined first."""
    if user.pk is None:
        return Membership.objects.none()
    return Membership.objects.filter(user_id=user.pk, user__is_active=True).select_related("merchant").order_by("created_at", "id")


def shop_slug_after(slug: str) -> str:
    """The present slug of the shop that has or had this one, also of one on holiday or closed; empty where there is none."""
    is_sluglike = len(slug) <= MAX_SLUG and slug.isascii() and slug.isprintable()
    open_shops = Merchant.objects.filter(status__in=[*Merchant.SHOWN, Merchant.Status.CLOSED], slugs__slug=slug)
    return open_shops.values_list("slug", flat=True).first() or "" if is_sluglike else ""


def holiday_ahead(merchant: Merchant) -> Holiday | None:
    """The holiday of a shop that is planned or running."""
    rows: QuerySet[Holiday] = Holiday.objects.for_merchant(merchant)
    return rows.filter(status__in=[HolidayStatus.PLANNED, HolidayStatus.RUNNING]).first()


def holiday_now(merchant: Merchant) -> Holiday | None:
    """The holiday that a shop is in; no query where it is in none."""
    row = holiday_ahead(merchant) if merchant.back_at else None
    return row if row is not None and row.status == HolidayStatus.RUNNING else None


def merchant_for_user(user: User | AnonymousUser) -> Merchant | None:
    """The merchant a person works for; of several, the first one joined. Guests work for none."""
    membership = memberships_of(user).first()
    return membership.merchant if membership else None


def role_of(user: User | AnonymousUser, merchant: Merchant) -> str | None:
    """A person's role in a merchant's team, None for strangers."""
    return memberships_of(user).filter(merchant=merchant).values_list("role", flat=True).first()


def invitation_for_token(token: str) -> Invitation | None:
    """The invitation whose mail carried this secret, with its merchant, whatever became of it."""
    rows = Invitation.objects.select_related("merchant", "invited_by")
    return rows.filter(token_hash=hash_secret(token)).first()


def api_key_for_secret(secret: str, now: dt.datetime) -> ApiKey | None:
    """The live key of a secret, with its merchant, or None. Compares in constant time and notes the use once a minute."""
    parts = secret.split("_", 3)
    prefix = parts[2] if len(parts) == 4 and f"{parts[0]}_{parts[1]}" == MARK else ""
    found: ApiKey | None = (
        ApiKey.objects.select_related("merchant").filter(prefix=prefix).first() if prefix.isalnum() and prefix.isascii() else None
    )
    matches = hmac.compare_digest(found.key_hash if found else _NO_HASH, hash_secret(secret))
    if found is None or not matches or found.revoked_at is not None:
        return None
    note_use(key=found, at=now)
    return found


def commission_plans(merchant_ids: list[uuid.UUID]) -> dict[uuid.UUID, list[Terms]]:
    """The terms of each merchant's plan in their order, its own rate at the bottom; one statement."""
    return {merchant_id: [*map(_terms, rules), Terms(rate_bps=rate_bps)] for merchant_id, rate_bps, rules in _plans(merchant_ids)}


_TERMS = (
    "version", "position", "product", "category", "merchant", "currency", "from_minor", "to_minor", "rate_bps", "floor_minor", "cap_minor",
    "fixed_minor",
)  # fmt: skip


@compiled
def _plans(merchant_ids: list[uuid.UUID]) -> QuerySet[Any]:
    rules = CommissionRule.objects.filter(plan=OuterRef("commission_plan"), retired_at=None).order_by("position")
    terms = rules.values(terms=JSONObject(rule="id", **{name: name for name in _TERMS}))
    return Merchant.objects.filter(pk__in=merchant_ids).values_list("pk", "commission_plan__rate_bps", ArraySubquery(terms))


def _terms(row: dict[str, Any]) -> Terms:
    return Terms(**row | {name: uuid.UUID(row[name]) if row[name] else None for name in ("rule", "product", "merchant")})


def usual_rate_bps() -> int:
    """What the marketplace keeps of a sale where nothing else was agreed, in basis points."""
    plan = CommissionPlan.objects.filter(name=DEFAULT_PLAN).values_list("rate_bps", flat=True).first()
    return DEFAULT_RATE_BPS if plan is None else plan


def plan_terms(plan: CommissionPlan) -> list[Terms]:
    """The terms of one plan in their order, its own rate at the bottom."""
    rules = CommissionRule.objects.filter(plan=plan, retired_at=None).order_by("position")
    return [*map(terms_of, rules), Terms(rate_bps=plan.rate_bps)]


def terms_of(rule: CommissionRule) -> Terms:
    """A rule's row as the terms it says."""
    return Terms(rule=rule.pk, **{name: getattr(rule, name) for name in _TERMS if name != "merchant"}, merchant=rule.merchant_id)


def latest_scorecards(merchant: Merchant, days: int = 30) -> list[Scorecard]:
    """A merchant's scorecards of both windows, oldest day first, of the `days` days up to its newest one."""
    rows: QuerySet[Scorecard] = Scorecard.objects.for_merchant(merchant)
    newest = rows.order_by("-day").values_list("day", flat=True).first()
    if newest is None:
        return []
    return list(rows.filter(day__gt=newest - dt.timedelta(days=days)).order_by("day", "window"))


def violations_of(merchant: Merchant) -> QuerySet[Violation]:
    """What a merchant is shown of its violations, newest first."""
    rows: QuerySet[Violation] = Violation.objects.for_merchant(merchant)
    return rows.exclude(status__in=Violation.HIDDEN).order_by("-opened_at", "-pk")


def points_of(merchant: Merchant, at: dt.datetime) -> int:
    """The points of a merchant's violations of the last year that were not lifted."""
    since = at - dt.timedelta(days=POINTS_COUNT_DAYS)
    counted = Violation.objects.for_merchant(merchant).filter(status__in=Violation.COUNTED, opened_at__gt=since)
    return int(counted.aggregate(sum=Sum("points", default=0))["sum"])


def has_scorecards(day: dt.date) -> bool:
    """Whether a day's scorecards were computed."""
    return Scorecard.objects.filter(day=day).exists()
