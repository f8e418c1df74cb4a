"""Stripe's messages: verified as they came, then only a bell; the object itself is read again from Stripe."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Mapping
from typing import Any

import stripe
from django.conf import settings

from payments.errors import InvalidSignature
from payments.gateways.base import WebhookEvent, header
from payments.gateways.stripe_checkout import VIA
from payments.gateways.stripe_client import is_live
from payments.states import Subject

log = logging.getLogger(__name__)
TOLERANCE_SECONDS = 300
SUBJECTS = {
    "checkout.session.completed": Subject.PAYMENT,
    "checkout.session.expired": Subject.PAYMENT,
    "checkout.session.async_payment_succeeded": Subject.PAYMENT,
    "checkout.session.async_payment_failed": Subject.PAYMENT,
    "payment_intent.succeeded": Subject.PAYMENT,
    "payment_intent.payment_failed": Subject.PAYMENT,
    "payment_intent.canceled": Subject.PAYMENT,
    "payment_intent.processing": Subject.PAYMENT,
    "refund.created": Subject.REFUND,
    "refund.updated": Subject.REFUND,
    "refund.failed": Subject.REFUND,
    "charge.refunded": Subject.REFUND,
    "charge.dispute.created": Subject.DISPUTE,
    "charge.dispute.updated": Subject.DISPUTE,
    "charge.dispute.closed": Subject.DISPUTE,
    "charge.dispute.funds_withdrawn": Subject.DISPUTE,
    "charge.dispute.funds_reinstated": Subject.DISPUTE,
}


def read(headers: Mapping[str, str], body: bytes) -> WebhookEvent:
    """The event of a message whose signature is right; raises InvalidSignature."""
    _verify(body, header(headers, "Stripe-Signature"))
    event = json.loads(body)
    kind, about = event["type"], event["data"]["object"]
    notes = about.get("metadata") or {}
    return WebhookEvent(
        event_id=event["id"],
        kind=kind,
        object_id=_object_id(kind, about, notes),
        body=event,
        subject=SUBJECTS.get(kind, Subject.OTHER),
        attempt_id=_uuid_or_none(about.get("client_reference_id") or notes.get("attempt_id")),
        problem=_problem(event),
    )


def _object_id(kind: str, about: dict[str, Any], notes: Mapping[str, str]) -> str:
    """Empty where the message is about a part of what we know by another id: a session's intent, a refund's charge."""
    is_part = kind == "charge.refunded" or (kind.startswith("payment_intent.") and notes.get("via") == VIA)
    return "" if is_part else str(about.get("id") or "")


def _problem(event: dict[str, Any]) -> str:
    """Genuine, but not about our account as our key knows it."""
    if event.get("livemode") != is_live():
        return "live mode differs"
    return "another account" if event.get("account") else ""


def _verify(body: bytes, signature: str) -> None:
    """Two secrets are valid while one replaces the other; each is compared in constant time by the library."""
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.WebhookSignature.verify_header(body.decode(), signature, secret, TOLERANCE_SECONDS)
            return
        except (stripe.SignatureVerificationError, ValueError):
            if _is_ours_of_another_time(body, signature, secret):
                log.error("webhook with a right signature of another time: either it was replayed, or our clock is wrong")
    raise InvalidSignature


def _is_ours_of_another_time(body: bytes, signature: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body.decode(), signature, secret, None)
    except (stripe.SignatureVerificationError, ValueError):
        return False
    return True


def _uuid_or_none(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
