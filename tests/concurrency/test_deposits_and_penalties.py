"""A deposit is paid twice at the same moment; an appeal is decided while its penalty is taken."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from core.errors import DomainError
from core.invariants import violations
from merchants.models import Merchant, Violation
from merchants.services.violations import lift_violation, make_violation
from payments.models import Deposit, DepositMovement, Penalty
from payments.postings import PostingKind, posting
from payments.selectors.deposits import deposit_of
from payments.services import deposits, ledger, penalties
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()
PATIENCE = 0.7


def together(*works: Callable[[], object]) -> None:
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        try:
            barrier.wait(10)
            work()
        except DomainError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def rich_merchant() -> Merchant:
    merchant = make_merchant()
    amounts = {"amount": 5_000}
    gift = posting(
        PostingKind.ADJUSTMENT,
        reference=merchant.pk,
        key=f"adjustment:{uuid.uuid4()}",
        currency=settings.CURRENCY,
        amounts=amounts,
        merchant=str(merchant.pk),
    )
    with transaction.atomic():
        ledger.post(posting=gift, at=NOW)
    Deposit.objects.create(merchant=merchant, currency=settings.CURRENCY, required_minor=1_000, next_look_at=NOW)
    return merchant


def paying(merchant: Merchant, key: str) -> Callable[[], object]:
    return lambda: deposits.pay_deposit(merchant_id=merchant.pk, amount_minor=1_000, key=key, actor="merchant:1", at=NOW)


@pytest.mark.parametrize("keys", [("same", "same"), ("one", "other")])
def test_two_payments_at_once_pay_what_is_missing_once(keys: tuple[str, str]) -> None:
    merchant = rich_merchant()

    together(*(paying(merchant, key) for key in keys))

    assert (deposit_of(merchant.pk).paid_minor, DepositMovement.objects.count()) == (1_000, 1)
    assert violations() == {}


def test_without_the_lock_of_its_row_it_is_paid_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: both look before either has paid."""
    merchant, both_have_looked = rich_merchant(), threading.Barrier(2)

    def unlocked(*, merchant_id: uuid.UUID, at: dt.datetime) -> Deposit:
        return Deposit.objects.select_related("merchant").get(merchant_id=merchant_id)

    def looked(row: Deposit) -> int:
        both_have_looked.wait(10)
        return 1_000

    monkeypatch.setattr(deposits, "deposit_row", unlocked)
    monkeypatch.setattr(deposits, "_missing", looked)

    together(paying(merchant, "one"), paying(merchant, "other"))

    assert deposit_of(merchant.pk).paid_minor == 2_000


def test_an_appeal_that_helps_while_the_penalty_is_taken_leaves_nothing_taken() -> None:
    merchant = rich_merchant()
    row = make_violation(merchant_id=merchant.pk, rule="No fakes", reason="Two", points=6, penalty_minor=400, actor="op:1", at=NOW)
    later = NOW + dt.timedelta(days=15)

    together(
        lambda: penalties.take_penalty(violation_id=row.pk, at=later),
        lambda: lift_violation(violation_id=row.pk, text="So it is", actor="op:1", at=later),
    )
    penalties.settle_penalties(at=later)

    assert Violation.objects.get().status == "lifted"
    assert not Penalty.objects.filter(status="taken").exists()
    assert deposit_of(merchant.pk).payable_minor == 5_000
    assert violations() == {}


def test_two_sweeps_take_a_penalty_once() -> None:
    merchant = rich_merchant()
    make_violation(merchant_id=merchant.pk, rule="No fakes", reason="Two", points=6, penalty_minor=400, actor="op:1", at=NOW)
    later = NOW + dt.timedelta(days=15)

    together(*[lambda: penalties.settle_penalties(at=later)] * 3)

    assert (Penalty.objects.count(), deposit_of(merchant.pk).payable_minor) == (1, 4_600)
    assert violations() == {}
