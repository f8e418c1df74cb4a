"""What the marketplace answers to those who want to sell here."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction
from django.utils.html import linebreaks

from core import outbox
from core.states import move_to
from merchants.errors import ReasonMissing, ShopSlugTaken
from merchants.events import MerchantApproved
from merchants.models import Merchant, MerchantApplication
from merchants.services.applications import locked, refuse_members, refuse_taken, tell
from merchants.services.merchants import create_merchant
from merchants.states import ApplicationStatus

LONGEST_REASON = 1_000
IN_HISTORY = 200


@transaction.atomic
def take_in_review(*, application_id: uuid.UUID, actor: str, at: dt.datetime) -> MerchantApplication:
    """Begin to look at an application, so that colleagues see that somebody does; again is the same answer.

    Raises:
        ApplicationNotFound: there is none.
        IllegalTransition: it is not sent, or decided.
    """
    row = locked(application_id)
    if row.status != ApplicationStatus.IN_REVIEW:
        move_to(row, ApplicationStatus.IN_REVIEW, actor=actor, at=at)
        tell(row)
    return row


@transaction.atomic
def approve_application(*, application_id: uuid.UUID, actor: str, at: dt.datetime) -> Merchant:
    """Open the shop, with the applicant as its owner and the usual commission plan; again is the same shop.

    Raises:
        ApplicationNotFound: there is none.
        IllegalTransition: it is not sent, or decided otherwise.
        AlreadyInTeam: the applicant has come to work for another shop meanwhile.
        ShopSlugTaken: the address has become somebody else's; return the application, so that another is chosen.
    """
    row = locked(application_id)
    if row.status == ApplicationStatus.APPROVED and row.merchant is not None:
        return row.merchant
    _take(row, actor, at)
    refuse_members(row.applicant)
    refuse_taken(row.slug)
    merchant = _open_shop(row)
    if merchant.slug != row.slug:
        raise ShopSlugTaken  # two applications for one address were approved at the same moment
    move_to(row, ApplicationStatus.APPROVED, actor=actor, at=at, decided_at=at, answer="", merchant_id=merchant.pk)
    tell(row)
    outbox.publish(MerchantApproved(merchant_id=str(merchant.pk), application_id=str(row.pk)))
    return merchant


def _open_shop(row: MerchantApplication) -> Merchant:
    texts = {
        language: {name: _html(text) if name == "description" else text for name, text in fields.items()}
        for language, fields in row.i18n.items()
    }
    return create_merchant(
        name=row.name,
        kind=row.kind,
        slug=row.slug,
        owner=row.applicant,
        description=_html(row.description),
        i18n=texts,
        email=row.email,
        city=row.city,
        country=row.country,
        address=row.address,
        latitude=row.latitude,
        longitude=row.longitude,
        opening_hours=row.opening_hours,
        tax_number=row.tax_number,
    )


def _html(text: str) -> str:
    return linebreaks(text, autoescape=True) if text else ""


@transaction.atomic
def return_application(*, application_id: uuid.UUID, reason: str, actor: str, at: dt.datetime) -> MerchantApplication:
    """Ask for changes: the applicant can write and send it again.

    Raises:
        ApplicationNotFound: there is none.
        ReasonMissing: nothing is said of what has to be changed.
        IllegalTransition: it is not sent, or decided.
    """
    return _answer(application_id, ApplicationStatus.RETURNED, reason, actor, at)


@transaction.atomic
def reject_application(*, application_id: uuid.UUID, reason: str, actor: str, at: dt.datetime) -> MerchantApplication:
    """Say no for good; the person may apply anew. Raises like return_application."""
    return _answer(application_id, ApplicationStatus.REJECTED, reason, actor, at)


def _answer(application_id: uuid.UUID, status: str, reason: str, actor: str, at: dt.datetime) -> MerchantApplication:
    said = reason.replace("\0", "").strip()
    if not 1 <= len(said) <= LONGEST_REASON:
        raise ReasonMissing
    row = locked(application_id)
    _take(row, actor, at)
    move_to(row, status, actor=actor, at=at, decided_at=at, answer=said, reason=said[:IN_HISTORY])
    tell(row)
    return row


def _take(row: MerchantApplication, actor: str, at: dt.datetime) -> None:
    """Who decides at once has looked at it, too."""
    if row.status == ApplicationStatus.SUBMITTED:
        move_to(row, ApplicationStatus.IN_REVIEW, actor=actor, at=at)
