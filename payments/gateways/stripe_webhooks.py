"""Stripe's messages: verified as they came, then only a bell; the object itself is read again from Stripe."""

from __future__ import annotations

import json
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
        problem="" if event.get("livemode") == is_live() else "live mode differs",
    )


def _object_id(kind: str, about: dict[str, Any], notes: Mapping[str, str]) -> str:
    """Empty where the message is about a part of what we know by another id: a session's intent, a refund's charge."""
    is_part = kind == "charge.refunded" or (kind.startswith("payment_intent.") and notes.get("via") == VIA)
    return "" if is_part else str(about.get("id") or "")


def _verify(body: bytes, signature: str) -> None:
    """Two secrets are valid while one replaces the other; each is compared in constant time by the library."""
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.Webhook.construct_event(body, signature, secret)
            return
        except (stripe.SignatureVerificationError, ValueError):
            continue
    raise InvalidSignature


def _uuid_or_none(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
