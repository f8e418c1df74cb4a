"""A payout and whatever else may happen to a merchant's money at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils import timezone

from core.errors import DomainError
from payments.models import Payout, PayoutStatement, SandboxTransfer
from payments.selectors import balances
from payments.services import payouts
from tests.factories.merchants import make_merchant
from tests.factories.payouts import make_account, make_due, make_payable, refund
from tests.proofs.interleaving import Scene

Make = Callable[[], Scene]
now = timezone.now


def two_sweeps() -> Make:
    """Two workers find the same period due."""

    def make() -> Scene:
        merchant = make_merchant()
        make_account(merchant)
        make_payable(merchant, 10_000)
        make_due(merchant)
        sweep = partial(payouts.run_payouts, at=now())

        def check(*outcomes: Any) -> str:
            payout = Payout.objects.get(merchant=merchant)
            assert (payout.amount_minor, payout.statement.number) == (9_500, 1)
            assert SandboxTransfer.objects.filter(idempotency_key=payout.pk.hex).count() == 1
            return "first" if outcomes[0] else "second"

        return Scene(sweep, sweep, check)

    return make


def payout_and_refund(*, refund_first: bool) -> Make:
    """A period ends while a completed order of it is refunded."""

    def make() -> Scene:
        merchant = make_merchant()
        make_account(merchant)
        sold = make_payable(merchant, 10_000)
        make_payable(merchant, 10_000)
        make_due(merchant)
        paying, giving_back = partial(payouts.run_payouts, at=now()), partial(refund, sold)

        def check(*outcomes: Any) -> str:
            payout = Payout.objects.get(merchant=merchant)
            left = balances(merchant.pk, "USD").payable_minor
            assert payout.amount_minor + left == 9_500
            assert PayoutStatement.objects.get(merchant=merchant).closing_minor == 0
            return "owing" if left else "netted"

        return Scene(giving_back, paying, check) if refund_first else Scene(paying, giving_back, check)

    return make


def one_failure_tried_again_twice() -> Make:
    """Two people of the operator press "Pay again" of the same failed payout."""

    def make() -> Scene:
        merchant = make_merchant()
        make_account(merchant, "000123450002")
        make_payable(merchant, 10_000)
        make_due(merchant)
        payouts.run_payouts(at=now())
        failed = Payout.objects.get(merchant=merchant)
        again = [partial(payouts.retry_payout, payout_id=failed.pk, actor=f"operator:{one}", at=now()) for one in range(2)]

        def check(*outcomes: Any) -> str:
            assert sum(isinstance(outcome, DomainError) for outcome in outcomes) == 1
            assert Payout.objects.filter(merchant=merchant).exclude(pk=failed.pk).get().amount_minor == 9_500
            return "first" if isinstance(outcomes[1], DomainError) else "second"

        return Scene(again[0], again[1], check)

    return make
