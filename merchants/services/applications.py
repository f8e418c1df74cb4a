"""Applications to sell here as their owners write them: starting, saving, sending, withdrawing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypedDict, Unpack, cast

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, models, transaction
from django.utils.text import slugify

from accounts.models import User
from core import outbox
from core.countries import COUNTRIES
from core.ids import uuid7
from core.states import move_to
from merchants import states
from merchants.application_rules import are_hours, may_be
from merchants.application_selectors import points_of
from merchants.errors import (
    AlreadyInTeam,
    ApplicationClosed,
    ApplicationIncomplete,
    ApplicationInvalid,
    ApplicationKindRefused,
    ApplicationNotFound,
    ShopSlugInvalid,
    ShopSlugTaken,
)
from merchants.events import ApplicationMoved
from merchants.models import Membership, MerchantApplication, ShopSlug
from merchants.services.merchants import MAX_SLUG

LONGEST_DESCRIPTION = 2_000
SECOND_LANGUAGE = "zh-hans"
_LINES = ("name", "contact", "email", "phone", "city", "address", "tax_number")
_POSITION = {"latitude": 90, "longitude": 180}


class DraftFields(TypedDict, total=False):
    """What an application says; everything may be empty until it is sent. `country` is an ISO 3166 code of two letters.

    `latitude` and `longitude` are degrees, `opening_hours` is such as {"mon": [["09:00", "18:00"]]}.
    """

    name: str
    name_zh: str
    description: str
    description_zh: str
    slug: str
    contact: str
    email: str
    phone: str
    country: str
    city: str
    address: str
    tax_number: str
    latitude: Decimal | None
    longitude: Decimal | None
    opening_hours: Mapping[str, Any]


def start_application(*, user: User, kind: str, at: dt.datetime) -> MerchantApplication:
    """Begin to apply; who has an open application gets that one, whatever the kind.

    Raises:
        ApplicationKindRefused: no kind that this person may be.
        AlreadyInTeam: the person works for a shop here.
    """
    mine = MerchantApplication.objects.filter(applicant=user, status__in=states.OPEN)
    found = mine.first()
    if found is not None:
        return found
    refuse_members(user)
    _check_kind(user, kind)
    try:
        with transaction.atomic():
            return MerchantApplication.objects.create(applicant=user, kind=kind, contact=user.name[:100], email=user.email, created_at=at)
    except IntegrityError:
        return mine.get()  # begun in another tab at the same moment


def refuse_members(user: User) -> None:
    """Raise AlreadyInTeam for who works for a shop: the back office knows one shop per person."""
    if Membership.objects.filter(user=user).exists():
        raise AlreadyInTeam


def _check_kind(user: User, kind: str) -> None:
    if not may_be(kind, is_operator=user.is_staff):
        raise ApplicationKindRefused


@transaction.atomic
def save_draft(*, application_id: uuid.UUID, user: User, kind: str, **fields: Unpack[DraftFields]) -> MerchantApplication:
    """Write down what the applicant says so far; what is not named stays.

    Raises:
        ApplicationNotFound: this person has no such application.
        ApplicationClosed: it was sent, decided or withdrawn.
        ApplicationKindRefused: no kind that this person may be.
        ApplicationInvalid: a field cannot be kept as it is.
        ShopSlugInvalid, ShopSlugTaken: the wanted address.
    """
    row = _editable(application_id, user)
    _check_kind(user, kind)
    for name, value in _cleaned(row, dict(fields)).items():
        setattr(row, name, value)
    row.kind = kind
    row.save()
    return row


def _cleaned(row: MerchantApplication, fields: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {name: _line(name, fields[name]) for name in _LINES if name in fields}
    values |= {name: _degrees(name, fields[name]) for name in _POSITION if name in fields}
    if values.get("email") and not _is_mail(values["email"]):
        raise _invalid("email")
    if "country" in fields:
        values["country"] = _known_country(fields["country"])
    if "description" in fields:
        values["description"] = _text("description", fields["description"])
    if "slug" in fields:
        values["slug"] = _free_slug(fields["slug"])
    if "opening_hours" in fields:
        values["opening_hours"] = _hours(fields["opening_hours"])
    second = {name: (_line if name == "name" else _text)(name, fields[f"{name}_zh"]) for name in _SECOND if f"{name}_zh" in fields}
    if second:
        kept = {**row.i18n.get(SECOND_LANGUAGE, {}), **second}
        values["i18n"] = {SECOND_LANGUAGE: {name: text for name, text in kept.items() if text}}
    return values


_SECOND = ("name", "description")


def _field(name: str) -> models.Field[Any, Any]:
    return cast("models.Field[Any, Any]", MerchantApplication._meta.get_field(name))


def _invalid(name: str) -> ApplicationInvalid:
    return ApplicationInvalid(field=_field(name).verbose_name)


def _line(name: str, value: Any) -> str:
    text = " ".join(str(value).split())
    if len(text) > (_field(name).max_length or 0) or not text.isprintable():
        raise _invalid(name)
    return text.upper() if name == "tax_number" else text


def _text(name: str, value: Any) -> str:
    text = str(value).replace("\r\n", "\n").strip()
    if len(text) > LONGEST_DESCRIPTION or not text.replace("\n", "").isprintable():
        raise _invalid(name)
    return text


def _degrees(name: str, value: Any) -> Decimal | None:
    if value is None:
        return None
    degrees = Decimal(value)
    if not degrees.is_finite() or abs(degrees) > _POSITION[name]:
        raise _invalid(name)
    return degrees.quantize(Decimal("0.000001"))


def _is_mail(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True


def _known_country(code: str) -> str:
    if code not in COUNTRIES:
        raise _invalid("country")
    return code


def _hours(hours: Any) -> dict[str, Any]:
    if not are_hours(hours):
        raise _invalid("opening_hours")
    return dict(hours)


def _free_slug(wanted: str) -> str:
    """The end of the page's address as it can be, where nobody has or had it; empty for none."""
    if not wanted.strip():
        return ""
    slug = slugify(wanted).strip("-_")
    if not 1 <= len(slug) <= MAX_SLUG:
        raise ShopSlugInvalid
    refuse_taken(slug)
    return slug


def refuse_taken(slug: str) -> None:
    """Raise ShopSlugTaken for the address of a shop, present or former."""
    if ShopSlug.objects.filter(slug=slug).exists():
        raise ShopSlugTaken


@transaction.atomic
def submit_application(*, application_id: uuid.UUID, user: User, at: dt.datetime) -> MerchantApplication:
    """Send an application to the marketplace; nothing of it can be changed until it is answered.

    Raises:
        ApplicationNotFound: this person has no such application.
        ApplicationClosed: it is sent already, decided or withdrawn.
        ApplicationIncomplete: the checklist has open points.
        ShopSlugTaken: somebody else has got the address meanwhile.
    """
    row = _editable(application_id, user)
    if not all(point.is_done for point in points_of(row, at.date())):
        raise ApplicationIncomplete
    refuse_taken(row.slug)
    move_to(row, states.ApplicationStatus.SUBMITTED, actor=f"applicant:{user.pk}", at=at, submitted_at=at, decided_at=None, answer="")
    tell(row)
    return row


@transaction.atomic
def withdraw_application(*, application_id: uuid.UUID, user: User, at: dt.datetime) -> MerchantApplication:
    """Give an application up, at any time before it is decided; again is the same answer.

    Raises:
        ApplicationNotFound: this person has no such application.
        IllegalTransition: it is decided.
    """
    row = locked(application_id, user)
    if row.status != states.ApplicationStatus.WITHDRAWN:
        move_to(row, states.ApplicationStatus.WITHDRAWN, actor=f"applicant:{user.pk}", at=at, decided_at=at)
        tell(row)
    return row


def tell(row: MerchantApplication) -> None:
    """Record where an application has come to."""
    outbox.publish(ApplicationMoved(application_id=str(row.pk), to_status=str(row.status), occasion=str(uuid7())))


def locked(application_id: uuid.UUID, user: User | None = None) -> MerchantApplication:
    """The row, held until the transaction ends, so that a decision and a change cannot meet; of this person where one is given.

    Raises:
        ApplicationNotFound: there is none.
    """
    rows = MerchantApplication.objects.select_for_update(no_key=True).filter(pk=application_id)
    row = (rows if user is None else rows.filter(applicant=user)).first()
    if row is None:
        raise ApplicationNotFound
    return row


def _editable(application_id: uuid.UUID, user: User) -> MerchantApplication:
    row = locked(application_id, user)
    if not row.is_editable:
        raise ApplicationClosed
    return row
