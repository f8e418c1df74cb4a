import datetime as dt

from celery import shared_task
from django.utils import timezone

from core.sweeps import sweep
from merchants.selectors import has_scorecards
from orders.selectors import database_now
from orders.services import risk
from orders.services.cases.deadlines import sweep_cases
from orders.services.completion import complete_due
from orders.services.expiry import expire_unpaid
from orders.services.papers import issue_missing
from orders.services.pickups import give_up_uncollected
from orders.services.quotes import expire_quotes
from orders.services.scorecards import compute_scorecards


@sweep(expires=60)
def expire_unpaid_purchases() -> int:
    """End purchases nobody paid in time, judged by the database's clock."""
    return expire_unpaid(at=database_now())


@sweep(expires=300)
def issue_missing_invoices() -> int:
    """Invoice what was paid before there were invoices; what is paid now is invoiced by its event, within seconds."""
    now = timezone.now()
    return issue_missing(at=now, paid_before=now - dt.timedelta(minutes=10))


@sweep(expires=300)
def complete_due_orders() -> int:
    """Complete orders whose shoppers stayed silent, judged by the database's clock."""
    return complete_due(at=database_now())


@sweep(expires=300)
def sweep_due_cases() -> int:
    """Move after-sales cases on in which somebody stayed silent, judged by the database's clock."""
    return sweep_cases(at=database_now())


@sweep(expires=300)
def expire_due_quotes() -> int:
    """End price requests and offers whose time is over, judged by the database's clock."""
    return expire_quotes(at=database_now())


@sweep(expires=300)
def give_up_uncollected_pickups() -> int:
    """Cancel and refund what nobody has picked up in time, judged by the database's clock."""
    return give_up_uncollected(at=database_now())


@sweep(expires=60)
def decide_due_reviews() -> int:
    """Decide about paid purchases that waited too long for a person, judged by the database's clock."""
    return risk.settle_due_reviews(at=database_now())


@shared_task(acks_late=True, expires=3600)
def forget_origins() -> int:
    """Delete the network addresses of old purchases."""
    return risk.forget_origins(at=database_now())


@shared_task(acks_late=True, expires=1800)
def compute_due_scorecards() -> int:
    """Compute yesterday's scorecards unless that was done; asked for more often than daily, so that no day is missed for an outage."""
    now = timezone.now()
    day = timezone.localdate(now) - dt.timedelta(days=1)
    return 0 if has_scorecards(day) else compute_scorecards(day=day, at=now)
