"""Shops: opening, renaming, suspending, closing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from accounts.models import User
from core.ids import uuid7
from core.outbox import publish
from core.sanitiser import clean_html
from core.states import IllegalTransition, move_to
from merchants.errors import MerchantInvalid, MerchantNotFound, ShopSlugInvalid, ShopSlugTaken
from merchants.events import MerchantChanged, ShopMoved
from merchants.models import CommissionPlan, Holiday, Membership, Merchant
from merchants.services.holidays import end_with_shop
from merchants.states import HolidayStatus

DEFAULT_PLAN = "Standard"
DEFAULT_RATE_BPS = 500
MAX_SLUG = 60


class MerchantFields(TypedDict, total=False):
    """What may be said about a merchant besides name and kind."""

    description: str
    i18n: Mapping[str, Mapping[str, str]]
    email: str
    city: str
    country: str
    address: str
    latitude: Any
    longitude: Any
    opening_hours: Mapping[str, Any]
    handling_days: int
    cash_on_delivery: bool
    tax_number: str
    logo: str
    commission_plan: CommissionPlan
    needs_approval: bool


class MerchantChanges(MerchantFields, total=False):
    name: str


def default_plan() -> CommissionPlan:
    """The commission plan of merchants for whom no other was agreed: 5 %."""
    return CommissionPlan.objects.get_or_create(name=DEFAULT_PLAN, defaults={"rate_bps": DEFAULT_RATE_BPS})[0]


@transaction.atomic
def create_merchant(*, name: str, kind: str, slug: str = "", owner: User | None = None, **fields: Unpack[MerchantFields]) -> Merchant:
    """Open an active shop, with `owner` as the first member of its team.

    The slug is made from the name unless given; one that another shop has or had gets the end of the merchant's id.

    Raises:
        MerchantInvalid: no name, a name over 80 characters, or an unknown kind.
    """
    if not 1 <= len(name.strip()) <= 80 or kind not in Merchant.Kind.values:
        raise MerchantInvalid
    values = _cleaned(dict(fields))
    values.setdefault("commission_plan", None)
    values["commission_plan"] = values["commission_plan"] or default_plan()
    merchant = Merchant(name=name.strip(), kind=kind, **values)
    _insert(merchant, slug or slugify(name)[:45])
    if owner is not None:
        Membership.objects.create(merchant=merchant, user=owner, role=Membership.Role.OWNER)
    publish(MerchantChanged(str(merchant.pk)))
    return merchant


def _insert(merchant: Merchant, slug: str) -> None:
    """Insert under the slug, or under one that nobody has; only the unique indexes know which are free."""
    try:
        with transaction.atomic():
            merchant.slug = slug or f"shop-{merchant.pk.hex[-10:]}"
            merchant.save(force_insert=True)
    except IntegrityError:
        merchant.slug = f"{slug}-{merchant.pk.hex[-10:]}"
        merchant.save(force_insert=True)


def _cleaned(fields: dict[str, Any]) -> dict[str, Any]:
    if "description" in fields:
        fields["description"] = clean_html(fields["description"])
    if "i18n" in fields:
        fields["i18n"] = {
            language: {field: clean_html(text) if field == "description" else text for field, text in texts.items()}
            for language, texts in fields["i18n"].items()
        }
    return fields


@transaction.atomic
def update_merchant(*, merchant_id: uuid.UUID, **changes: Unpack[MerchantChanges]) -> Merchant:
    """Change what is said about a shop; cards and pages follow.

    Raises:
        MerchantNotFound: there is none.
        MerchantInvalid: no name, or one over 80 characters.
    """
    merchant = _locked(merchant_id)
    if "name" in changes and not 1 <= len(changes["name"].strip()) <= 80:
        raise MerchantInvalid
    values = _cleaned(dict(changes))
    for field, value in values.items():
        setattr(merchant, field, value)
    merchant.save(update_fields=list(values))
    publish(MerchantChanged(str(merchant.pk)))
    return merchant


@transaction.atomic
def change_shop_slug(*, merchant_id: uuid.UUID, slug: str) -> Merchant:
    """Give a shop another address; the former ones lead to it for good, and no other shop ever gets them.

    Raises:
        MerchantNotFound: there is none.
        ShopSlugInvalid: nothing of the text can stand in an address, or it is longer than 60 characters.
        ShopSlugTaken: another shop has or had it.
    """
    merchant = _locked(merchant_id)
    wanted = slugify(slug).strip("-_")
    if not 1 <= len(wanted) <= MAX_SLUG:
        raise ShopSlugInvalid
    if wanted == merchant.slug:
        return merchant
    try:
        with transaction.atomic():
            Merchant.objects.filter(pk=merchant.pk).update(slug=wanted)
    except IntegrityError as error:
        raise ShopSlugTaken from error
    merchant.slug = wanted
    publish(MerchantChanged(str(merchant.pk)))
    return merchant


@transaction.atomic
def suspend_merchant(*, merchant_id: uuid.UUID, actor: str, reason: str, at: dt.datetime) -> Merchant:
    """Take a merchant's goods off sale. Orders keep running.

    Raises:
        MerchantNotFound: there is none.
        IllegalTransition: it is suspended already, or closed.
    """
    merchant = _locked(merchant_id)
    if merchant.is_closed:
        raise IllegalTransition(status=merchant.get_status_display())
    return _moved(merchant, Merchant.Status.SUSPENDED, actor, reason, at)


@transaction.atomic
def activate_merchant(*, merchant_id: uuid.UUID, actor: str, reason: str = "", at: dt.datetime) -> Merchant:
    """Let a suspended merchant sell again, or open a closed shop again. One whose holiday still runs rests on.

    Raises:
        MerchantNotFound: there is none.
        IllegalTransition: it is neither suspended nor closed.
    """
    merchant = _locked(merchant_id)
    if merchant.status not in {Merchant.Status.SUSPENDED, Merchant.Status.CLOSED}:
        raise IllegalTransition(status=merchant.get_status_display())
    rests = Holiday.objects.filter(merchant=merchant, status=HolidayStatus.RUNNING, keeps_selling=False).exists()
    return _moved(merchant, Merchant.Status.HOLIDAY if rests else Merchant.Status.ACTIVE, actor, reason, at, closed_at=None)


@transaction.atomic
def close_merchant(*, merchant_id: uuid.UUID, actor: str, reason: str, at: dt.datetime) -> Merchant:
    """Close a shop for good: its goods and pages are gone, its team can finish what is open and read. Again is the same answer.

    Whether something is still open is asked by `orders.services.closing`, which knows; this does it in any case.

    Raises:
        MerchantNotFound: there is none.
    """
    merchant = _locked(merchant_id)
    if merchant.is_closed:
        return merchant
    end_with_shop(merchant, actor=actor, at=at)
    return _moved(merchant, Merchant.Status.CLOSED, actor, reason, at, closed_at=at, back_at=None)


def _moved(merchant: Merchant, status: str, actor: str, reason: str, at: dt.datetime, **changes: Any) -> Merchant:
    move_to(merchant, status, actor=actor, reason=reason[:200], at=at, **changes)
    told = ShopMoved(merchant_id=str(merchant.pk), to_status=status, reason=reason, occasion=str(uuid7()))
    publish(MerchantChanged(str(merchant.pk)), told)
    return merchant


def _locked(merchant_id: uuid.UUID) -> Merchant:
    merchant = Merchant.objects.select_for_update(no_key=True).filter(pk=merchant_id).first()
    if merchant is None:
        raise MerchantNotFound
    return merchant
