"""Chargebacks: the provider has taken a payment back. Told often, late or out of order, each step is booked once."""

import datetime as dt
import logging
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F

from core import outbox
from core.money import charge_step, split
from core.states import StaleState, move_to
from payments import gateways, postings
from payments.events import ProviderDisputeClosed, ProviderDisputeOpened
from payments.gateways.base import GatewayError, Outcome, ProviderDisputeSeen, outside_transaction
from payments.models import EscrowHold, PaymentAttempt, ProviderDispute
from payments.postings import Account, Leg, PostingKind
from payments.services import escrow, ledger
from payments.states import CAPTURED, AttemptStatus, ProviderDisputeStatus

log = logging.getLogger(__name__)
ACTOR = "system:disputes"
# Webhooks tell at once; this finds what they did not tell. Stripe tries to deliver for three days.
LOOK_BACK = dt.timedelta(days=4)


class NotExplained(Exception):
    """The dispute does not fit what we know now; perhaps it will in a moment, else a person has to look."""


def refresh_dispute(*, gateway: str, provider_id: str, at: dt.datetime) -> ProviderDispute | None:
    """Read a dispute at the provider and bring the books to it; None while it is an inquiry that has moved no money.

    Raises:
        GatewayError: the provider could not be asked.
        NotExplained: it is about a payment we do not have, or not yet, or not of that currency, or it has come to another end before.
    """
    outside_transaction()
    seen = gateways.dispute_reader(gateway).fetch_dispute(provider_id)
    if not seen.has_moved_money:
        return None
    dispute = ProviderDispute.objects.filter(provider_id=seen.provider_id).first() or _open(_attempt(gateway, seen), seen, at)
    if (dispute.amount_minor, dispute.currency) != (seen.amount_minor, seen.currency):
        raise NotExplained("the sum of the dispute has changed")
    if seen.status is Outcome.OPEN:
        ProviderDispute.objects.filter(pk=dispute.pk, status=ProviderDisputeStatus.OPEN).update(evidence_due_by=seen.evidence_due_by)
        return dispute
    end = ProviderDisputeStatus.WON if seen.status is Outcome.SUCCEEDED else ProviderDisputeStatus.LOST
    if dispute.status == ProviderDisputeStatus.OPEN:
        dispute = _close(dispute, end, at)
    if dispute.status != end:
        raise NotExplained(f"the dispute was {dispute.status} and is now {end}")
    return dispute


def _attempt(gateway: str, seen: ProviderDisputeSeen) -> PaymentAttempt:
    number = _uuid(seen.reference)
    attempt = PaymentAttempt.objects.filter(pk=number, gateway=gateway).first() if number else None
    if attempt is None or attempt.status not in CAPTURED:
        raise NotExplained("the disputed payment is not in our books")
    if attempt.currency != seen.currency or seen.amount_minor > attempt.amount_minor:
        raise NotExplained("the dispute is over another sum or currency than the payment")
    return attempt


def _open(attempt: PaymentAttempt, seen: ProviderDisputeSeen, at: dt.datetime) -> ProviderDispute:
    with transaction.atomic(durable=True):
        holds, attempt = _locked(attempt)
        known = ProviderDispute.objects.filter(provider_id=seen.provider_id).first()
        if known is not None:  # another worker was faster; the locks made us wait for it
            return known
        if attempt.status == AttemptStatus.SUCCEEDED and not holds and attempt.refunded_minor < attempt.amount_minor:
            raise NotExplained("the payment is not held for its orders yet")
        left = attempt.amount_minor - attempt.refunded_minor - attempt.disputed_minor
        claimed = min(seen.amount_minor, left, sum(cash_left(row) for row in holds))
        dispute = ProviderDispute.objects.create(
            created_at=at,
            attempt=attempt,
            provider_id=seen.provider_id,
            amount_minor=seen.amount_minor,
            currency=seen.currency,
            reason=seen.reason[:80],
            claimed_minor=claimed,
            evidence_due_by=seen.evidence_due_by,
        )
        PaymentAttempt.objects.filter(pk=attempt.pk).update(disputed_minor=F("disputed_minor") + claimed)
        ledger.post(posting=postings.dispute(dispute, PostingKind.DISPUTE_OPENED), at=at)
        for row, share in _shares(holds, claimed):
            escrow.freeze(reference=row.reference, cause=dispute.pk, at=at, amount_minor=share)
        outbox.publish(ProviderDisputeOpened(str(dispute.pk), str(attempt.reference), seen.amount_minor, seen.currency))
    log.error("a payment is disputed", extra={"dispute": str(dispute.pk), "attempt": str(attempt.pk)})
    return dispute


def _close(dispute: ProviderDispute, end: ProviderDisputeStatus, at: dt.datetime) -> ProviderDispute:
    try:
        with transaction.atomic(durable=True):
            holds, attempt = _locked(dispute.attempt)
            borne = 0
            changes: dict[str, Any] = {"closed_at": at}
            if end == ProviderDisputeStatus.LOST:
                borne = min(dispute.claimed_minor, sum(cash_left(row) for row in holds))
                changes["claimed_minor"] = borne
            freed = dispute.claimed_minor - borne
            move_to(dispute, end, actor=ACTOR, at=at, **changes)
            PaymentAttempt.objects.filter(pk=attempt.pk).update(disputed_minor=F("disputed_minor") - freed)
            escrow.lift(cause=dispute.pk, at=at)
            _settle(dispute, holds, borne, at)
            outbox.publish(
                ProviderDisputeClosed(str(dispute.pk), str(attempt.reference), end.value, dispute.amount_minor, dispute.currency)
            )
    except StaleState:
        dispute.refresh_from_db()
    return dispute


def _settle(dispute: ProviderDispute, holds: Sequence[EscrowHold], borne: int, at: dt.datetime) -> None:
    """Won: the money is back. Lost: each merchant bears its share of what its orders still have, the operator what is left."""
    if dispute.status == ProviderDisputeStatus.WON:
        ledger.post(posting=postings.dispute(dispute, PostingKind.DISPUTE_WON), at=at)
        return
    for row, share in _shares(holds, borne):
        escrow.charge_back(reference=row.reference, cause=dispute.pk, amount_minor=share, at=at, actor=ACTOR)
    ledger.post(posting=postings.dispute(dispute, PostingKind.DISPUTE_ABSORBED, dispute.amount_minor - borne), at=at)


def _locked(attempt: PaymentAttempt) -> tuple[list[EscrowHold], PaymentAttempt]:
    """The purchase's holds and its payment, locked in the order everybody uses; a second payment that went back has no holds."""
    holds: list[EscrowHold] = []
    if attempt.status == AttemptStatus.SUCCEEDED:
        holds = list(EscrowHold.objects.select_for_update().filter(purchase=attempt.reference).order_by("pk"))
    return holds, PaymentAttempt.objects.select_for_update().get(pk=attempt.pk)


def cash_left(row: EscrowHold) -> int:
    """What an order's hold still has that was not paid with points, in minor units."""
    return row.left_minor - (row.points_minor - row.refunded_points_minor)


def _shares(holds: Sequence[EscrowHold], amount_minor: int) -> list[tuple[EscrowHold, int]]:
    """By largest remainder over what is left, and in the order of the merchants' accounts, whose balances are locked one by one."""
    step = charge_step(holds[0].currency) if holds else 1
    shares = zip(holds, split(amount_minor, [cash_left(row) for row in holds], step), strict=True)
    bearing = [(row, share) for row, share in shares if share]
    return sorted(bearing, key=lambda pair: ledger.account_id(Leg(Account.PAYABLE, 0, str(pair[0].merchant_id)), pair[0].currency))


def sweep_disputes(*, at: dt.datetime) -> int:
    """Look at every open dispute and at those of the last days at the providers; returns how many."""
    return sum(_swept(code, at) for code in gateways.dispute_readers())


def _swept(code: str, at: dt.datetime) -> int:
    still_open = ProviderDispute.objects.filter(attempt__gateway=code, status=ProviderDisputeStatus.OPEN)
    numbers = dict.fromkeys(still_open.values_list("provider_id", flat=True))
    try:
        numbers |= dict.fromkeys(gateways.dispute_reader(code).recent_disputes(at - LOOK_BACK))
    except GatewayError as error:
        log.warning("disputes could not be listed", extra={"gateway": code, "error": str(error)})
    for number in numbers:
        try:
            refresh_dispute(gateway=code, provider_id=number, at=at)
        except Exception:
            log.exception("a dispute was not read", extra={"gateway": code, "provider_id": number})
    return len(numbers)


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
