"""What the worker and beat would do, done at once by the test: no Celery runs beside the tests."""

from collections.abc import Callable

from core.models import OutboxEvent
from core.tasks import relay_outbox
from logistics.tasks import expire_reservations, move_simulated_parcels, process_carrier_messages, wake_stock_alerts
from orders.tasks import complete_due_orders, decide_due_reviews, expire_unpaid_purchases, sweep_due_cases
from payments.tasks import poll_attempts, process_inbox, send_bank_notices, send_payouts, send_refunds, send_sandbox_notices
from support.tasks import send_due_mail

# The tasks of beat that move purchases, in the order in which one gives work to the next.
SWEEPS: tuple[Callable[[], int | None], ...] = (
    expire_unpaid_purchases,
    expire_reservations,
    move_simulated_parcels,
    process_carrier_messages,
    send_sandbox_notices,
    send_bank_notices,
    process_inbox,
    poll_attempts,
    send_refunds,
    send_payouts,
    decide_due_reviews,
    complete_due_orders,
    sweep_due_cases,
    wake_stock_alerts,
    relay_outbox,
    send_due_mail,
)
MOST_ROUNDS = 20


def drain() -> None:
    """Run the sweeps until none finds anything to do; every event must have been handled without an error."""
    for _ in range(MOST_ROUNDS):
        if not sum(sweep() or 0 for sweep in SWEEPS):
            break
    else:
        raise AssertionError(f"the sweeps still find work after {MOST_ROUNDS} rounds")
    assert not list(OutboxEvent.objects.exclude(last_error="").values_list("name", "last_error"))
