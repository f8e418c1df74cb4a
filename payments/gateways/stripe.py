"""Stripe: the shopper pays on Stripe's hosted Checkout page; this server never sees a card number."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import stripe
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from stripe.checkout import Session

from payments.errors import InvalidSignature
from payments.gateways.base import (
    TIMEOUT_SECONDS,
    NotAtProvider,
    Outcome,
    OutcomeUnknown,
    ProviderPayment,
    ProviderRefund,
    Refused,
    WebhookEvent,
    header,
)
from payments.gateways.stripe_amounts import from_stripe, to_stripe
from payments.models import PaymentAttempt, Refund
from payments.states import Subject

T = TypeVar("T")
PAGE = 100
PAYMENT_EVENTS = frozenset(
    {
        "checkout.session.completed",
        "checkout.session.expired",
        "checkout.session.async_payment_succeeded",
        "checkout.session.async_payment_failed",
    }
)
REFUND_EVENTS = frozenset({"refund.created", "refund.updated", "refund.failed"})


class StripeGateway:
    code = "stripe"
    label = _("Card, Alipay or WeChat Pay")

    def is_available(self) -> bool:
        return bool(settings.STRIPE_SECRET_KEY)

    def create(self, attempt: PaymentAttempt) -> ProviderPayment:
        price: Any = {
            "currency": attempt.currency.lower(),
            "unit_amount": to_stripe(attempt.amount_minor, attempt.currency),
            "product_data": {"name": attempt.description or attempt.reference.hex},
        }
        metadata = {"attempt_id": str(attempt.pk)}
        session = _ask(
            lambda client: client.v1.checkout.sessions.create(
                params={
                    "mode": "payment",
                    "client_reference_id": str(attempt.pk),
                    "line_items": [{"price_data": price, "quantity": 1}],
                    "success_url": attempt.return_url,
                    "cancel_url": attempt.return_url,
                    "metadata": metadata,
                    "payment_intent_data": {"metadata": metadata},
                },
                options={"idempotency_key": attempt.idempotency_key},
            )
        )
        return _payment(session)

    def fetch(self, attempt: PaymentAttempt) -> ProviderPayment:
        return _payment(_session(attempt))

    def cancel(self, attempt: PaymentAttempt) -> ProviderPayment:
        session = _session(attempt)
        if session.status != "open":
            return _payment(session)
        try:
            return _payment(_ask(lambda client: client.v1.checkout.sessions.expire(session.id)))
        except Refused:  # completed in the meantime
            return _payment(_ask(lambda client: client.v1.checkout.sessions.retrieve(session.id)))

    def refund(self, refund: Refund) -> ProviderRefund:
        intent = _intent_id(refund.attempt)
        made = _ask(
            lambda client: client.v1.refunds.create(
                params={
                    "payment_intent": intent,
                    "amount": to_stripe(refund.amount_minor, refund.currency),
                    "metadata": {"refund_id": str(refund.pk)},
                },
                options={"idempotency_key": refund.idempotency_key},
            )
        )
        return _refund(made)

    def fetch_refund(self, refund: Refund) -> ProviderRefund:
        if refund.provider_id:
            return _refund(_ask(lambda client: client.v1.refunds.retrieve(refund.provider_id)))
        intent = _intent_id(refund.attempt)
        rows = _ask(lambda client: list(client.v1.refunds.list(params={"payment_intent": intent, "limit": PAGE}).auto_paging_iter()))
        return _refund(_only(row for row in rows if getattr(row.metadata, "refund_id", "") == str(refund.pk)))

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        _verify(body, header(headers, "Stripe-Signature"))
        event = json.loads(body)
        kind, about = event["type"], event["data"]["object"]
        is_ours = kind in PAYMENT_EVENTS or kind in REFUND_EVENTS
        return WebhookEvent(
            event_id=event["id"],
            kind=kind,
            object_id=about.get("id") or "",
            body=event,
            subject=(Subject.PAYMENT if kind in PAYMENT_EVENTS else Subject.REFUND) if is_ours else Subject.OTHER,
            attempt_id=_uuid_or_none(about.get("client_reference_id")),
            problem="" if event.get("livemode") == _is_live() else "live mode differs",
        )


def _is_live() -> bool:
    return bool(settings.STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_")))


def _ask(call: Callable[[stripe.StripeClient], T]) -> T:
    """Run one call with our time-out and no retries of the library's own, and translate its errors into ours."""
    if not settings.STRIPE_SECRET_KEY:
        raise OutcomeUnknown("no key")
    transport = stripe.RequestsClient(timeout=TIMEOUT_SECONDS)
    addresses: Any = {"api": settings.STRIPE_API_BASE}
    client = stripe.StripeClient(settings.STRIPE_SECRET_KEY, http_client=transport, max_network_retries=0, base_addresses=addresses)
    try:
        return call(client)
    except stripe.InvalidRequestError as error:
        if error.http_status == 404:
            raise NotAtProvider from error
        raise Refused(error.code or "invalid_request") from error
    except stripe.IdempotencyError as error:
        raise Refused("key_reused") from error
    except (stripe.CardError, stripe.AuthenticationError, stripe.PermissionError) as error:
        raise Refused(error.code or type(error).__name__) from error
    except stripe.StripeError as error:  # 5xx, 429, 409 (the key is in use), no connection, no answer in time
        raise OutcomeUnknown(type(error).__name__) from error
    finally:
        transport.close()  # type: ignore[no-untyped-call]


def _session(attempt: PaymentAttempt) -> Session:
    """By id; where the id was lost, by what we wrote into it, among the sessions made since the attempt was."""
    if attempt.provider_id:
        return _ask(lambda client: client.v1.checkout.sessions.retrieve(attempt.provider_id))
    since = int(attempt.created_at.timestamp()) - 60
    rows = _ask(lambda client: list(client.v1.checkout.sessions.list(params={"created": {"gte": since}, "limit": PAGE}).auto_paging_iter()))
    return _only(row for row in rows if row.client_reference_id == str(attempt.pk))


def _only(rows: Iterable[T]) -> T:
    found = next(iter(rows), None)
    if found is None:
        raise NotAtProvider
    return found


def _intent_id(attempt: PaymentAttempt) -> str:
    intent = _session(attempt).payment_intent
    if intent is None:
        raise Refused("not_paid")
    return intent if isinstance(intent, str) else intent.id


def _payment(session: Session) -> ProviderPayment:
    currency = (session.currency or "").upper()
    outcome, code = Outcome.OPEN, ""
    if session.payment_status == "paid":
        outcome = Outcome.SUCCEEDED
    elif session.status == "expired":
        outcome, code = Outcome.FAILED, "expired"
    return ProviderPayment(
        provider_id=session.id,
        status=outcome,
        amount_minor=from_stripe(session.amount_total or 0, currency),
        currency=currency,
        reference=session.client_reference_id or "",
        redirect_url=session.url or "",
        failure_code=code,
    )


_REFUND_OUTCOMES = {"succeeded": Outcome.SUCCEEDED, "failed": Outcome.FAILED, "canceled": Outcome.FAILED}


def _refund(row: stripe.Refund) -> ProviderRefund:
    currency = row.currency.upper()
    outcome = _REFUND_OUTCOMES.get(row.status or "", Outcome.OPEN)
    return ProviderRefund(row.id, outcome, from_stripe(row.amount, currency), currency, getattr(row, "failure_reason", None) or "")


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
