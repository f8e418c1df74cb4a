"""Flows of money through Stripe that a process may die in; what the provider says in its own books is the judge."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from core.errors import DomainError
from core.tasks import relay_outbox
from merchants.models import Merchant
from orders.models import Checkout
from orders.services import cancellation, payment
from payments.models import EscrowHold, PaymentAttempt, Payout, Refund
from payments.selectors import balances
from payments.services import attempts, escrow, inbox, payouts
from payments.services import refunds as payment_refunds
from payments.services.bank_accounts import connect_account
from tests.factories.merchants import make_merchant
from tests.factories.orders import make_cart, make_goods, place
from tests.factories.payments import share, start
from tests.factories.payouts import DAY, make_due, make_payable
from tests.proofs.clock import heal
from tests.proofs.crash import Story
from tests.proofs.stories import GUEST, Make, now
from tests.provider_double.client import SECRET, ProviderDouble
from tests.provider_double.messages import signature
from tests.walkthrough import RETURN_URL


def started(bought: Checkout) -> PaymentAttempt:
    return payment.start_payment(checkout=bought, gateway="stripe", return_url=RETURN_URL, at=now())


def approve(double: ProviderDouble, attempt: PaymentAttempt) -> None:
    """The shopper presses the button on the hosted page, which is gone once they have."""
    if not double.charges(attempt_id=attempt.pk):
        double.pay(attempt.provider_id)


def paid(double: ProviderDouble, bought: Checkout) -> None:
    """The shopper's way through the provider's page and back to the shop."""
    approve(double, started(bought))
    payment.settle(checkout_id=bought.pk, at=now())


def capture(double: ProviderDouble) -> Make:
    """A shopper pays and comes back; the process dies anywhere and they try again, as people do."""
    lamp = make_goods(stock=1_000)

    def make() -> Story:
        bought = place(make_cart(lamp))

        def again() -> None:
            with suppress(DomainError):  # paid already, or being looked at
                attempt = started(bought)
                if not attempt.provider_id:  # the process before died around its call: the workers find out
                    heal((dt.timedelta(), dt.timedelta(seconds=61)))
                    attempt.refresh_from_db()
                approve(double, attempt)

        return Story(partial(paid, double, bought), again, partial(is_paid_once, double, bought))

    return make


def capture_and_gone(double: ProviderDouble) -> Make:
    """The same, but the shopper never comes back: what they approved is settled, what they did not expires and cannot be paid."""
    lamp = make_goods(stock=1_000)

    def make() -> Story:
        bought = place(make_cart(lamp))

        def check() -> None:
            bought.refresh_from_db()
            if double.charges(reference=bought.pk):
                is_paid_once(double, bought)
                return
            assert bought.status == "expired"
            assert {row["status"] for row in double.sessions(reference=bought.pk)} <= {"expired"}

        return Story(partial(paid, double, bought), lambda: None, check)

    return make


def is_paid_once(double: ProviderDouble, bought: Checkout) -> None:
    """One charge at the provider, whole and for the attempt that succeeded here; one hold."""
    bought.refresh_from_db()
    assert bought.status == "paid"
    attempt = PaymentAttempt.objects.get(reference=bought.pk, status="succeeded")
    (charge,) = double.charges(reference=bought.pk)
    assert (charge["status"], charge["amount"], charge["amount_refunded"]) == ("succeeded", bought.total_minor, 0)
    assert charge["metadata"]["attempt_id"] == str(attempt.pk)
    assert EscrowHold.objects.filter(purchase=bought.pk).count() == 1


def webhook(double: ProviderDouble) -> Make:
    """Stripe's message is received, handled and carried up; after the crash Stripe sends it again."""
    lamp = make_goods(stock=1_000)

    def make() -> Story:
        bought = place(make_cart(lamp))
        attempt = started(bought)
        approve(double, attempt)
        body = double.message(attempt.provider_id, "checkout.session.completed")[1]
        relay_outbox()  # what this is not about

        def receive() -> None:
            headers = {"Stripe-Signature": signature(body, SECRET, int(time.time()))}
            inbox.receive_webhook(gateway="stripe", headers=headers, body=body, at=now())

        def deliver() -> None:
            receive()
            inbox.process_inbox(at=now())
            relay_outbox()

        return Story(deliver, receive, partial(is_paid_once, double, bought))

    return make


def refund(double: ProviderDouble) -> Make:
    """A paid order is cancelled and its money sent back."""
    lamp = make_goods(stock=1_000)

    def make() -> Story:
        bought = place(make_cart(lamp))
        paid(double, bought)
        order = bought.orders.get()
        cancelling = partial(cancellation.cancel_order, order_id=order.pk, actor=GUEST, reason="asked", at=now())

        def work() -> None:
            cancelling()
            payment_refunds.send_refunds(at=now())

        return Story(work, cancelling, partial(is_refunded, double, bought.pk, order.pk, [order.total_minor]))

    return make


def part_refunds(double: ProviderDouble) -> Make:
    """Two fifths of a held order go back, and then one fifth of it for another cause."""
    merchant = make_merchant()

    def make() -> Story:
        held = held_by(double, merchant)
        parts = [
            partial(escrow.refund_part, reference=held.reference, cause=uuid.uuid4(), amount_minor=minor, reason="", at=now())
            for minor in (4_000, 2_000)
        ]

        def work() -> None:
            for part in parts:
                part()
                payment_refunds.send_refunds(at=now())

        def again() -> None:
            for part in parts:
                part()

        return Story(work, again, partial(is_refunded, double, held.purchase, held.reference, [2_000, 4_000]))

    return make


def held_by(double: ProviderDouble, merchant: Merchant) -> EscrowHold:
    """One merchant order's 100.00 USD, paid through Stripe."""
    attempt = start(gateway="stripe")
    approve(double, attempt)
    attempts.refresh_attempt(attempt_id=attempt.pk, at=now())
    return escrow.hold(purchase=attempt.reference, shares=[share(merchant, 10_000)], currency="USD", at=now())[0]


def is_refunded(double: ProviderDouble, purchase: uuid.UUID, order: uuid.UUID, amounts: list[int]) -> None:
    """These sums, once each, and nothing else has gone back of the one charge."""
    (charge,) = double.charges(reference=purchase)
    assert charge["amount_refunded"] == sum(amounts)
    assert sorted(row["amount"] for row in double.refunds(reference=purchase)) == amounts
    done = Refund.objects.filter(reference=order)
    assert sorted(done.values_list("amount_minor", "status")) == [(minor, "succeeded") for minor in amounts]
    assert {row["metadata"]["refund_id"] for row in double.refunds(reference=purchase)} == {str(row.pk) for row in done}


def payout(double: ProviderDouble) -> Make:
    """A merchant's period ends: it is closed and transferred to their account at Stripe; after the crash the sweep comes round again."""

    def make() -> Story:
        merchant, account = make_merchant(), double.account()
        connect_account(
            merchant=merchant, connected_account=account, holder="Tea House", country="US", actor="merchant:1", at=now() - 2 * DAY
        )
        make_payable(merchant, 10_000)
        make_due(merchant)
        relay_outbox()  # what this is not about
        sweep = partial(payouts.run_payouts, at=now())

        def check() -> None:
            made = Payout.objects.get(merchant=merchant)
            (transfer,) = double.rows("transfer", parent=account)
            assert (made.status, made.amount_minor, made.statement.number) == ("paid", 9_500, 1)
            assert (transfer["amount"], transfer["metadata"]["payout_id"], made.provider_id) == (9_500, str(made.pk), transfer["id"])
            assert balances(merchant.pk, "USD").payable_minor == 0

        return Story(sweep, sweep, check)

    return make


STORIES: dict[str, Callable[[ProviderDouble], Make]] = {
    "capture by Stripe": capture,
    "capture by Stripe, shopper gone": capture_and_gone,
    "webhook by Stripe": webhook,
    "refund through Stripe": refund,
    "part refunds through Stripe": part_refunds,
    "payout by a Connect transfer": payout,
}
