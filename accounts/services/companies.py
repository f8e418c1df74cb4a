"""Companies: opening one, inviting colleagues, their roles, leaving."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, TypedDict, Unpack, cast

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Field
from django.db.models.functions import Now

from accounts.errors import (
    AlreadyInCompany,
    ColleagueKnown,
    ColleagueNotFound,
    CompanyFull,
    CompanyInvalid,
    CompanyKnown,
    CompanyNotFound,
    InvitationInvalid,
    InvitationNotUsable,
    LastAdministrator,
    NotCompanyAdministrator,
)
from accounts.events import ColleagueInvited
from accounts.models import Company, CompanyInvitation, CompanyRole, User
from core import outbox
from core.countries import COUNTRIES
from core.ids import order_number

INVITED_FOR = dt.timedelta(days=7)
MOST_PEOPLE = 200
NUMBER_MARK = "C-"


class CompanyFields(TypedDict, total=False):
    """`country` is an ISO 3166 code of two letters; `contact` is a person's name."""

    name: str
    tax_number: str
    country: str
    address: str
    contact: str
    email: str
    phone: str


_FIELDS = ("name", "tax_number", "country", "address", "contact", "email", "phone")


def _cleaned(fields: dict[str, Any]) -> dict[str, str]:
    """Trimmed texts; CompanyInvalid names the first field that cannot be kept."""
    cleaned = {}
    for name, value in fields.items():
        field = cast("Field[str, str]", Company._meta.get_field(name))
        text = " ".join(str(value).split())
        if not text or len(text) > (field.max_length or 0) or not text.isprintable():
            raise CompanyInvalid(field=field.verbose_name)
        cleaned[name] = text.upper() if name in {"country", "tax_number"} else text
    if cleaned.get("country", COUNTRIES[0]) not in COUNTRIES:
        raise CompanyInvalid(field=Company._meta.get_field("country").verbose_name)
    if "email" in cleaned and not _is_mail(cleaned["email"]):
        raise CompanyInvalid(field=Company._meta.get_field("email").verbose_name)
    return cleaned


def _is_mail(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


@transaction.atomic
def open_company(*, user: User, **fields: Unpack[CompanyFields]) -> Company:
    """Open a company's account; who opens it is its first administrator.

    Raises:
        AlreadyInCompany: the person buys for one.
        CompanyInvalid: a field is missing, too long, not printable or no such thing.
        CompanyKnown: a company of the country has this tax number.
    """
    values = _cleaned(dict.fromkeys(_FIELDS, "") | dict(fields))
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if person.company_id is not None:
        raise AlreadyInCompany
    try:
        with transaction.atomic():
            company = Company.objects.create(number=NUMBER_MARK + order_number(), **values)
    except IntegrityError as error:
        raise CompanyKnown from error
    _place(user, company, CompanyRole.ADMINISTRATOR)
    return company


@transaction.atomic
def update_company(*, user: User, **fields: Unpack[CompanyFields]) -> Company:
    """Change what the company says of itself; raises CompanyNotFound, NotCompanyAdministrator, CompanyInvalid, CompanyKnown."""
    company = _administered(user)
    for name, value in _cleaned(dict(fields)).items():
        setattr(company, name, value)
    try:
        with transaction.atomic():
            company.save(update_fields=list(fields))
    except IntegrityError as error:
        raise CompanyKnown from error
    return company


@transaction.atomic
def invite_colleague(*, user: User, email: str, role: str, language: str, at: dt.datetime) -> CompanyInvitation:
    """Ask a colleague by mail; an earlier open invitation of the same address is replaced.

    Raises:
        CompanyNotFound, NotCompanyAdministrator.
        InvitationInvalid: no address, or no role.
        ColleagueKnown: they are in the company.
        CompanyFull: people and open invitations are as many as may be.
    """
    company, address = _administered(user), email.strip().lower()
    if not _is_mail(address) or role not in CompanyRole.values:
        raise InvitationInvalid
    if company.members.filter(email__iexact=address).exists():
        raise ColleagueKnown(email=address)
    company.invitations.filter(email__iexact=address, used_at=None).delete()
    if company.members.count() + company.invitations.filter(used_at=None).count() >= MOST_PEOPLE:
        raise CompanyFull(most=MOST_PEOPLE)
    invitation = CompanyInvitation.objects.create(
        company=company, email=address, role=role, language=language, invited_by=user, expires_at=at + INVITED_FOR, created_at=at
    )
    outbox.publish(ColleagueInvited(invitation_id=str(invitation.pk)))
    return invitation


@transaction.atomic
def withdraw_invitation(*, user: User, invitation_id: uuid.UUID) -> None:
    """Take an open invitation back; raises CompanyNotFound, NotCompanyAdministrator, ColleagueNotFound."""
    company = _administered(user)
    if not company.invitations.filter(pk=invitation_id, used_at=None).delete()[0]:
        raise ColleagueNotFound


@transaction.atomic
def accept_invitation(*, invitation_id: uuid.UUID, user: User) -> Company:
    """Say yes to an invitation; by the database's clock, once.

    Raises:
        InvitationNotUsable: it is another person's, used, withdrawn or too old.
        AlreadyInCompany: the person buys for a company.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    rows = CompanyInvitation.objects.filter(pk=invitation_id, email__iexact=person.email, used_at=None, expires_at__gt=Now())
    invitation = rows.select_related("company").first()
    if invitation is None:
        raise InvitationNotUsable
    if person.company_id is not None:
        raise AlreadyInCompany
    if not rows.update(used_at=Now()):
        raise InvitationNotUsable
    _place(user, invitation.company, CompanyRole(invitation.role))
    return invitation.company


@transaction.atomic
def set_role(*, user: User, colleague_id: uuid.UUID, role: str) -> None:
    """Make a colleague a buyer or an administrator.

    Raises:
        CompanyNotFound, NotCompanyAdministrator, ColleagueNotFound.
        InvitationInvalid: there is no such role.
        LastAdministrator: nobody would decide any more.
    """
    company = _administered(user)
    if role not in CompanyRole.values:
        raise InvitationInvalid
    colleague = _colleague(company, colleague_id)
    if role == CompanyRole.BUYER:
        _keep_administrator(company, colleague)
    _place(colleague, company, CompanyRole(role))


@transaction.atomic
def remove_colleague(*, user: User, colleague_id: uuid.UUID) -> None:
    """A colleague buys for the company no longer; raises CompanyNotFound, NotCompanyAdministrator, ColleagueNotFound, LastAdministrator."""
    company = _administered(user)
    colleague = _colleague(company, colleague_id)
    _keep_administrator(company, colleague)
    _place(colleague, None, None)


@transaction.atomic
def leave_company(*, user: User) -> None:
    """Buy for oneself again.

    Raises:
        CompanyNotFound: the person is in none.
        LastAdministrator: somebody else has to be one first.
    """
    company, person = _locked(user)
    _keep_administrator(company, person)
    _place(user, None, None)


def _locked(user: User) -> tuple[Company, User]:
    """The person's company, held so that its people change one step at a time, and the person as they are then."""
    company = Company.objects.select_for_update(no_key=True, of=("self",)).filter(members=user.pk).first()
    person = User.objects.filter(pk=user.pk, company=company).first() if company else None
    if company is None or person is None:
        raise CompanyNotFound
    return company, person


def _administered(user: User) -> Company:
    company, person = _locked(user)
    if not person.is_company_administrator:
        raise NotCompanyAdministrator
    return company


def _colleague(company: Company, colleague_id: uuid.UUID) -> User:
    colleague = company.members.filter(pk=colleague_id).first()
    if colleague is None:
        raise ColleagueNotFound
    return colleague


def _keep_administrator(company: Company, leaving: User) -> None:
    others = company.members.filter(company_role=CompanyRole.ADMINISTRATOR).exclude(pk=leaving.pk)
    if leaving.is_company_administrator and not others.exists():
        raise LastAdministrator


def _place(user: User, company: Company | None, role: CompanyRole | None) -> None:
    user.company, user.company_role = company, role or ""
    user.save(update_fields=["company", "company_role"])
