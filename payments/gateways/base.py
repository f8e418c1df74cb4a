"""What every payment provider can do, in one shape. Gateways hold no business rules and open no transaction of ours."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from django.db import connection
from django.utils.functional import Promise

from payments.models import Movement, PaymentAttempt, Payout, Refund
from payments.states import Subject

# A shopper gets a page within ten seconds whatever the provider does, and the page itself takes some of them.
TIMEOUT_SECONDS = 8


class GatewayError(Exception):
    """Something went wrong between us and the provider."""


class OutcomeUnknown(GatewayError):
    """The provider may or may not have done it: time-out, broken connection, 5xx."""


class NotSent(GatewayError):
    """The provider was certainly not asked, for our own reasons; ask later."""


class NotAtProvider(GatewayError):
    """The provider has no such object."""


class Refused(GatewayError):
    """The provider has certainly not done it."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class CalledInsideTransaction(RuntimeError):
    """A provider call would have held database locks for as long as somebody else's network takes."""


class Outcome(StrEnum):
    OPEN = "open"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """A payment as the provider has it. `reference` is our attempt id as the provider echoes it; `problem` names what else is wrong.

    `card` is the provider's fingerprint of the card, where it tells one: the same for the same card, and nothing of its number.
    """

    provider_id: str
    status: Outcome
    amount_minor: int
    currency: str
    reference: str
    redirect_url: str = ""
    failure_code: str = ""
    problem: str = ""
    card: str = ""


@dataclass(frozen=True, slots=True)
class ProviderRefund:
    provider_id: str
    status: Outcome
    amount_minor: int
    currency: str
    failure_code: str = ""


@dataclass(frozen=True, slots=True)
class ProviderTransfer:
    """A payout as the provider has it; open until the money has left for good."""

    provider_id: str
    status: Outcome
    amount_minor: int
    currency: str
    failure_code: str = ""


@dataclass(frozen=True, slots=True)
class ProviderMovement:
    """A line of the provider's own books. `reference` is our number of it (attempt, refund or payout id), empty where there is none.

    Amounts are positive; the kind says which way the money went. A fee is what the provider kept of the line `provider_id`, in the
    currency of its balance; below zero it gave one back.
    """

    kind: Movement
    provider_id: str
    amount_minor: int
    currency: str
    reference: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class ProviderDisputeSeen:
    """A dispute as the provider has it: open, succeeded (we won) or failed (we lost). `reference` is the disputed attempt's id."""

    provider_id: str
    status: Outcome
    has_moved_money: bool
    amount_minor: int
    currency: str
    reference: str
    reason: str
    evidence_due_by: dt.datetime | None


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """A message whose signature is right. `problem` says why it must not be acted on all the same."""

    event_id: str
    kind: str
    object_id: str
    body: dict[str, Any]
    subject: Subject
    attempt_id: uuid.UUID | None = None
    problem: str = ""


class Gateway(Protocol):
    """`create` and `refund` are repeatable by the row's idempotency key. All but `read_webhook` raise GatewayError."""

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> str | Promise: ...

    def is_available(self) -> bool:
        """Whether new payments may be started."""

    def create(self, attempt: PaymentAttempt) -> ProviderPayment:
        """Open a payment at the provider."""

    def fetch(self, attempt: PaymentAttempt) -> ProviderPayment:
        """Read the payment, by provider id, else by our key where its id was lost."""

    def cancel(self, attempt: PaymentAttempt) -> ProviderPayment:
        """Close the payment if it is still open; returns what it is then, which may be succeeded."""

    def refund(self, refund: Refund) -> ProviderRefund:
        """Send money back."""

    def fetch_refund(self, refund: Refund) -> ProviderRefund:
        """Read the refund, by provider id, else by our key."""

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> WebhookEvent:
        """Verify and read a message; raises InvalidSignature."""


class MovementLister(Protocol):
    """An optional capability of a gateway: everything that moved in [since, until), oldest or newest first. Raises GatewayError."""

    def __call__(self, since: dt.datetime, until: dt.datetime) -> Iterator[ProviderMovement]: ...


class DisputeReader(Protocol):
    """An optional capability of a gateway: the disputes of its payments. Both reads raise GatewayError."""

    def is_available(self) -> bool:
        """Whether the provider can be asked at all."""

    def fetch_dispute(self, provider_id: str) -> ProviderDisputeSeen:
        """Read one."""

    def recent_disputes(self, since: dt.datetime) -> list[str]:
        """Provider ids of those opened since then."""


class TransferGateway(Protocol):
    """A way to pay a merchant. `transfer` is repeatable by the payout's key; both calls raise GatewayError."""

    @property
    def code(self) -> str: ...

    @property
    def label(self) -> str | Promise: ...

    def is_available(self, merchant_id: uuid.UUID) -> bool:
        """Whether this merchant can be paid this way now."""

    def transfer(self, payout: Payout) -> ProviderTransfer:
        """Send `amount_minor` to `destination`, once per `idempotency_key`; Refused when it was certainly not sent."""

    def fetch_transfer(self, payout: Payout) -> ProviderTransfer:
        """Read the transfer, by provider id, else by our key; NotAtProvider when there is no trace of it."""


@runtime_checkable
class Patient(Protocol):
    """A gateway whose payments come in days after the shopper has chosen it."""

    def time_to_pay(self) -> dt.timedelta:
        """How long a purchase waits for its payment."""


def outside_transaction() -> None:
    """Refuse to go on inside a transaction; the one a test wraps around itself does not count, as for Django's `durable`.

    Raises:
        CalledInsideTransaction: house rule 5 is broken.
    """
    blocks = connection.atomic_blocks
    if blocks and not blocks[-1]._from_testcase:  # type: ignore[attr-defined]
        raise CalledInsideTransaction


def header(headers: Mapping[str, str], name: str) -> str:
    """A header's value whatever its case; empty when absent."""
    return next((value for key, value in headers.items() if key.lower() == name.lower()), "")
