"""Transferring payouts: asked outside of any transaction, found again by their key when an answer was lost, settled once."""

import datetime as dt
import logging
import uuid
from typing import Any

from django.db import transaction

from core import outbox
from core.claims import each_claimed
from core.states import StaleState, move_to
from payments import gateways, postings, rules
from payments.errors import PayoutNotByHand
from payments.events import PayoutFailed, PayoutPaid
from payments.gateways.bank_file import BankFileTransfers
from payments.gateways.base import GatewayError, NotAtProvider, Outcome, OutcomeUnknown, ProviderTransfer, Refused, outside_transaction
from payments.models import BankAccountAccess, Payout, TransferFile
from payments.postings import PostingKind
from payments.services import bank_accounts, ledger
from payments.states import PAYOUT_LIVE, PayoutStatus

log = logging.getLogger(__name__)
ACTOR = "system:payouts"
BY_HAND = BankFileTransfers.code


def send_payouts(*, at: dt.datetime, limit: int = 50) -> int:
    """Send requested payouts and look again at those on their way; returns how many were due. Several sweeps may run at once."""
    due = Payout.objects.filter(status__in=PAYOUT_LIVE, next_poll_at__lte=at).order_by("next_poll_at")

    def move_on(payout: Payout) -> dict[str, Any]:
        return {"polls": payout.polls + 1, "next_poll_at": at + rules.poll_gap(payout.polls)}

    return each_claimed(due, limit, move_on, lambda payout: _send_due(payout, at))


def _send_due(payout: Payout, at: dt.datetime) -> None:
    try:
        _bring_on(payout.pk, at, is_first=payout.polls == 1)
    except Exception:
        log.exception("sending a payout failed", extra={"payout": str(payout.pk)})


def refresh_payout(*, payout_id: uuid.UUID, at: dt.datetime) -> Payout:
    """Find out what became of a payout and settle it once; an unreachable provider changes nothing.

    Where the provider has no trace of it, it is sent under its own key.
    """
    return _bring_on(payout_id, at, is_first=False)


def _bring_on(payout_id: uuid.UUID, at: dt.datetime, *, is_first: bool) -> Payout:
    """Only the very first time it is sent without looking: a provider that paid and whose answer was lost is found by our key."""
    payout: Payout = Payout.objects.select_related("account").get(pk=payout_id)
    if payout.status not in PAYOUT_LIVE:
        return payout
    outside_transaction()
    try:
        seen = _ask_provider(payout, at, is_first=is_first)
    except Refused as error:
        seen = ProviderTransfer(payout.provider_id, Outcome.FAILED, payout.amount_minor, payout.currency, error.code)
    except GatewayError as error:
        log.warning("payout outcome unknown", extra={"payout": str(payout.pk), "error": str(error)})
        _move(payout, PayoutStatus.UNKNOWN, at)
        return payout
    return _record(payout, seen, at)


def _ask_provider(payout: Payout, at: dt.datetime, *, is_first: bool) -> ProviderTransfer:
    provider = gateways.transfer_gateway(payout.gateway)
    if not is_first:
        try:
            return provider.fetch_transfer(payout)
        except NotAtProvider:
            if payout.provider_id:
                raise OutcomeUnknown("the provider has forgotten a payout it had") from None
            if at - payout.created_at >= rules.KEY_LIFETIME:
                raise Refused("lost") from None
    return provider.transfer(payout)


def _record(payout: Payout, seen: ProviderTransfer, at: dt.datetime) -> Payout:
    ended: dict[str, Any] = {"provider_id": seen.provider_id, "next_poll_at": None, "settled_at": at}
    if (seen.amount_minor, seen.currency) != (payout.amount_minor, payout.currency):
        log.error("provider has another payout than asked", extra={"payout": str(payout.pk), "provider_id": seen.provider_id})
        _move(payout, PayoutStatus.UNKNOWN, at)
    elif seen.status is Outcome.SUCCEEDED:
        _move(payout, PayoutStatus.PAID, at, **ended)
    elif seen.status is Outcome.FAILED:
        _move(payout, PayoutStatus.FAILED, at, **ended, failure_code=(seen.failure_code or "failed")[:60])
    else:
        _move(payout, PayoutStatus.SENT, at, provider_id=seen.provider_id)
    return payout


def _move(payout: Payout, status: PayoutStatus, at: dt.datetime, **changes: Any) -> None:
    """One step with what belongs to it in the same transaction; another worker's faster step wins."""
    if payout.status == status or (payout.status == PayoutStatus.SENT and status == PayoutStatus.UNKNOWN):
        return
    try:
        with transaction.atomic(durable=True):
            _settle(payout, status, ACTOR, at, **changes)
    except StaleState:
        payout.refresh_from_db()


def _settle(payout: Payout, status: PayoutStatus, actor: str, at: dt.datetime, reason: str = "", **changes: Any) -> None:
    """The move, and for an end its posting and event."""
    move_to(payout, status, actor=actor, at=at, reason=reason[:200], **changes)
    about = (str(payout.pk), str(payout.merchant_id), payout.amount_minor, payout.currency)
    if status == PayoutStatus.PAID:
        ledger.post(posting=postings.payout(payout, PostingKind.PAYOUT_PAID), at=at)
        outbox.publish(PayoutPaid(*about))
    elif status == PayoutStatus.FAILED:
        log.warning("payout failed", extra={"payout": str(payout.pk), "code": payout.failure_code})
        ledger.post(posting=postings.payout(payout, PostingKind.PAYOUT_FAILED), at=at)
        outbox.publish(PayoutFailed(*about, payout.failure_code))


def way_of(payout: Payout) -> str:
    """How a payout is paid, in words."""
    return str(gateways.transfer_gateway(payout.gateway).label)


@transaction.atomic
def make_transfer_file(*, actor: str, at: dt.datetime) -> TransferFile | None:
    """Put every payout that waits for the operator's bank into one new file, once; None where none waits.

    The details of its accounts are written down as exported.
    """
    waiting = Payout.objects.select_for_update(of=("self",)).filter(gateway=BY_HAND, status__in=PAYOUT_LIVE, file__isnull=True)
    payouts = list(waiting.select_related("account").order_by("pk"))
    if not payouts:
        return None
    made = TransferFile.objects.create(created_at=at, actor=actor)
    Payout.objects.filter(pk__in=[payout.pk for payout in payouts]).update(file=made)
    note_export(made, actor=actor, at=at)
    return made


def note_export(made: TransferFile, *, actor: str, at: dt.datetime) -> None:
    """Write down that somebody got the file's bank details, the first time and every time."""
    account_ids = sorted(set(made.payouts.values_list("account_id", flat=True)))
    bank_accounts.note_access(account_ids=account_ids, action=BankAccountAccess.Action.EXPORTED, actor=actor, reason=str(made.pk), at=at)


@transaction.atomic
def mark_by_hand(*, payout_id: uuid.UUID, is_paid: bool, actor: str, reason: str, at: dt.datetime) -> Payout:
    """The operator's word about a payout carried to the bank: done, or came back (`reason` says why). Once.

    Raises:
        PayoutNotByHand: a provider knows about this one, or it was marked before.
    """
    payout: Payout = Payout.objects.get(pk=payout_id)
    if payout.gateway != BY_HAND or payout.status not in PAYOUT_LIVE:
        raise PayoutNotByHand
    status = PayoutStatus.PAID if is_paid else PayoutStatus.FAILED
    ended: dict[str, Any] = {"next_poll_at": None, "settled_at": at, "failure_code": "" if is_paid else "returned"}
    _settle(payout, status, actor, at, reason, provider_id=payout.idempotency_key, **ended)
    return payout
