from celery import shared_task
from django.utils import timezone

from core.clock import database_now
from core.sweeps import sweep
from payments.services import (
    attempts,
    bank_transfers,
    deposits,
    inbox,
    payouts,
    penalties,
    provider_disputes,
    reconciliation,
    refunds,
    sandbox,
    transfers,
)

# Few, because a provider may take ten seconds to answer about each, and a worker that is asked to end waits for them.
AT_ONCE = 5


@sweep(expires=60)
def poll_attempts() -> int:
    """Look again at payments whose outcome is open."""
    return attempts.poll_attempts(at=timezone.now(), limit=AT_ONCE)


@sweep(expires=60)
def look_after_deposits() -> int:
    """Hold back what is missing of deposits, take and return penalties, give closed shops their deposit back."""
    now = database_now()
    return penalties.settle_penalties(at=now) + deposits.look_after_deposits(at=now)


@sweep(expires=60)
def process_inbox() -> int:
    """Handle webhooks."""
    return inbox.process_inbox(at=timezone.now(), limit=AT_ONCE)


@sweep(expires=60)
def send_refunds() -> int:
    """Send refunds and look again at those on their way."""
    return refunds.send_refunds(at=timezone.now(), limit=AT_ONCE)


@sweep(expires=60)
def send_sandbox_notices() -> int:
    """Deliver the practice provider's webhooks."""
    return sandbox.send_notices(at=timezone.now())


@sweep(expires=60)
def send_bank_notices() -> int:
    """Tell the inbox of bank transfers that came in."""
    return bank_transfers.send_notices(at=timezone.now())


@shared_task(acks_late=True, expires=300)
def reconcile() -> int:
    """Compare days with the providers' lists: those asked for, and yesterday once it is over."""
    return reconciliation.reconcile_due(at=timezone.now())


@shared_task(acks_late=True, expires=300)
def run_payouts() -> int:
    """Close payout periods that are due by the database's clock."""
    return payouts.run_payouts(at=database_now())


@sweep(expires=60)
def send_payouts() -> int:
    """Send payouts and look again at those on their way."""
    return transfers.send_payouts(at=timezone.now(), limit=AT_ONCE)


@shared_task(acks_late=True, expires=300)
def sweep_disputes() -> int:
    """Find disputes at the providers that no webhook told about, and how they ended."""
    return provider_disputes.sweep_disputes(at=timezone.now())
