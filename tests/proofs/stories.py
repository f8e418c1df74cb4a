"""The flows of money that a process may die in."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from django.utils import timezone

from core.errors import DomainError
from core.tasks import relay_outbox
from logistics.models import Stock
from orders.models import Checkout
from orders.selectors import cart_view
from orders.services import cancellation, completion, expiry, payment, refunds
from orders.states import OrderStatus
from payments.models import EscrowHold, PaymentAttempt, Payout, Refund, SandboxPayment, SandboxRefund, SandboxTransfer
from payments.selectors import balances
from payments.services import attempts, escrow, inbox, payouts, sandbox
from payments.services import refunds as payment_refunds
from tests.factories.accounts import make_user
from tests.factories.loyalty import make_lot
from tests.factories.merchants import make_merchant
from tests.factories.orders import make_cart, make_goods, place
from tests.factories.payments import make_hold
from tests.factories.payouts import make_account, make_due, make_payable
from tests.payments.test_inbox import message_of, signed
from tests.proofs.clock import heal
from tests.proofs.crash import Story
from tests.walkthrough import RETURN_URL, order_up_to

Make = Callable[[], Story]
now = timezone.now
GUEST = "shopper:guest"


def checkout() -> Make:
    """A member places a cart of two merchants and spends points; after the crash they press the button again."""
    lamp, cup = make_goods(stock=1_000), make_goods(stock=1_000)

    def make() -> Story:
        user = make_user()
        make_lot(1_000, user=user, at=now())
        cart, key = make_cart(lamp, cup, user=user), uuid.uuid4()
        placing = partial(place, cart, user=user, key=key, points=300, expected_total_minor=cart_view(cart).total_minor - 300)

        def check() -> None:
            placed = Checkout.objects.get(placed_from=cart.pk)
            assert (placed.pk, placed.status, placed.points) == (key, "expired", 300)
            assert set(Stock.objects.filter(variant__in=[lamp, cup]).values_list("reserved", flat=True)) == {0}

        return Story(placing, placing, check)

    return make


def paid_and_seen(bought: Checkout) -> None:
    """The shopper's way through the provider's page and back to the shop."""
    attempt = payment.start_payment(checkout=bought, gateway="sandbox", return_url=RETURN_URL, at=now())
    sandbox.decide(payment_id=uuid.UUID(attempt.provider_id), decision="approve", at=now())
    payment.settle(checkout_id=bought.pk, at=now())


def capture() -> Make:
    """A shopper pays and comes back; the process dies anywhere and they try again, as people do."""
    lamp = make_goods(stock=1_000)

    def make() -> Story:
        bought = place(make_cart(lamp))

        def again() -> None:
            with suppress(DomainError):  # paid already, or being looked at
                _pay_again(bought)

        return Story(partial(paid_and_seen, bought), again, partial(is_paid_once, bought))

    return make


def _pay_again(bought: Checkout) -> None:
    bought.refresh_from_db()
    attempt = payment.start_payment(checkout=bought, gateway="sandbox", return_url=RETURN_URL, at=now())
    if not attempt.provider_id:  # unknown, or the process before died before its call: the workers find out
        heal((dt.timedelta(), dt.timedelta(seconds=61)))
        attempt.refresh_from_db()
    sandbox.decide(payment_id=uuid.UUID(attempt.provider_id), decision="approve", at=now())


def capture_and_gone() -> Make:
    """The same, but the shopper never comes back: what they approved is settled, what they did not expires."""
    lamp = make_goods(stock=1_000)

    def make() -> Story:
        bought = place(make_cart(lamp))

        def check() -> None:
            bought.refresh_from_db()
            approved = SandboxPayment.objects.filter(description=bought.number, status="approved").count()
            assert bought.status == ("paid" if approved else "expired")
            if approved:
                is_paid_once(bought)

        return Story(partial(paid_and_seen, bought), lambda: None, check)

    return make


def is_paid_once(bought: Checkout) -> None:
    """One capture at the provider, one success here, one hold."""
    bought.refresh_from_db()
    assert bought.status == "paid"
    assert SandboxPayment.objects.filter(description=bought.number, status="approved", refunded_minor=0).count() == 1
    assert PaymentAttempt.objects.filter(reference=bought.pk, status="succeeded").count() == 1
    assert EscrowHold.objects.filter(purchase=bought.pk).count() == 1


def webhook() -> Make:
    """The provider's message is received, handled and carried up; after the crash the provider sends it again."""
    lamp = make_goods(stock=1_000)

    def make() -> Story:
        bought = place(make_cart(lamp))
        attempt = payment.start_payment(checkout=bought, gateway="sandbox", return_url=RETURN_URL, at=now())
        sandbox.decide(payment_id=uuid.UUID(attempt.provider_id), decision="lose", at=now())
        body = message_of(attempt)
        relay_outbox()  # what this is not about

        def deliver() -> None:
            inbox.receive_webhook(gateway="sandbox", headers=signed(body), body=body, at=now())
            inbox.process_inbox(at=now())
            relay_outbox()

        deliver_again = partial(inbox.receive_webhook, gateway="sandbox", headers=signed(body), body=body, at=now())
        return Story(deliver, deliver_again, partial(is_paid_once, bought))

    return make


def refund() -> Make:
    """A paid order is cancelled and its money sent back."""
    lamp = make_goods(stock=1_000)

    def make() -> Story:
        order = order_up_to(OrderStatus.PAID, variants=[lamp]).order
        cancelling = partial(cancellation.cancel_order, order_id=order.pk, actor=GUEST, reason="asked", at=now())

        def work() -> None:
            cancelling()
            payment_refunds.send_refunds(at=now())

        return Story(work, cancelling, partial(is_refunded_once, order.pk, order.total_minor))

    return make


def refund_after_release() -> Make:
    """The operator takes a completed order's money back from the merchant."""
    lamp = make_goods(stock=1_000)

    def make() -> Story:
        order = order_up_to(OrderStatus.COMPLETED, variants=[lamp]).order
        refunding = partial(refunds.refund_order, order_id=order.pk, actor="operator:1", reason="broken", at=now())

        def work() -> None:
            refunding()
            payment_refunds.send_refunds(at=now())

        return Story(work, refunding, partial(is_refunded_once, order.pk, order.total_minor))

    return make


def part_refund() -> Make:
    """Two fifths of a held order go back."""
    merchant = make_merchant()

    def make() -> Story:
        held, cause = make_hold(merchant), uuid.uuid4()
        part = partial(escrow.refund_part, reference=held.reference, cause=cause, amount_minor=4_000, reason="", at=now())

        def work() -> None:
            part()
            payment_refunds.send_refunds(at=now())

        return Story(work, part, partial(is_refunded_once, held.reference, 4_000))

    return make


def is_refunded_once(order_id: uuid.UUID, amount_minor: int) -> None:
    done = Refund.objects.get(reference=order_id)
    assert (done.status, done.amount_minor) == ("succeeded", amount_minor)
    paid_back = SandboxRefund.objects.filter(payment__reference=str(done.attempt_id)).values_list("amount_minor", flat=True)
    assert list(paid_back) == [amount_minor]


def release() -> Make:
    """The shopper confirms receipt, and the merchant is owed the money."""

    def make() -> Story:
        order = order_up_to(OrderStatus.DELIVERED, variants=[make_goods(stock=1)]).order
        confirming = partial(completion.confirm_receipt, order_id=order.pk, actor=GUEST, at=now())

        def check() -> None:
            assert balances(order.merchant_id, order.currency).payable_minor == order.total_minor - order.commission_minor

        return Story(confirming, confirming, check)

    return make


def expiry_with_open_payment() -> Make:
    """The sweep ends a purchase whose shopper is on the provider's page, and dies."""
    lamp = make_goods(stock=1_000)

    def make() -> Story:
        bought = place(make_cart(lamp))
        payment.start_payment(checkout=bought, gateway="sandbox", return_url=RETURN_URL, at=now())

        def work() -> None:
            expiry.expire_unpaid(at=bought.expires_at)
            attempts.poll_attempts(at=now())

        def check() -> None:
            bought.refresh_from_db()
            assert bought.status == "expired"
            assert SandboxPayment.objects.get(description=bought.number).status == "cancelled"
            assert Stock.objects.get(variant=lamp).reserved == 0

        return Story(work, lambda: None, check)

    return make


def payout() -> Make:
    """A merchant's period ends: it is closed and paid; after the crash the sweep comes round again."""

    def make() -> Story:
        merchant = make_merchant()
        make_account(merchant)
        make_payable(merchant, 10_000)
        make_due(merchant)
        relay_outbox()  # what this is not about
        sweep = partial(payouts.run_payouts, at=now())

        def check() -> None:
            paid = Payout.objects.get(merchant=merchant)
            assert (paid.status, paid.amount_minor, paid.statement.number) == ("paid", 9_500, 1)
            assert SandboxTransfer.objects.get(idempotency_key=paid.pk.hex).amount_minor == 9_500
            assert balances(merchant.pk, "USD").payable_minor == 0

        return Story(sweep, sweep, check)

    return make


STORIES: dict[str, Callable[[], Make]] = {
    "checkout": checkout,
    "capture": capture,
    "capture, shopper gone": capture_and_gone,
    "webhook": webhook,
    "refund": refund,
    "refund after release": refund_after_release,
    "part refund": part_refund,
    "release": release,
    "payout": payout,
    "expiry": expiry_with_open_payment,
}
