"""Two pieces of work about one purchase, payment, message or order, of which exactly one may have its way."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils import timezone

from catalog.models import Variant
from core.errors import DomainError
from core.models import OutboxEvent
from logistics.models import Shipment, Stock
from orders.errors import SoldOut
from orders.models import Checkout, MerchantOrder
from orders.selectors import cart_view
from orders.services import cancellation, completion, expiry, fulfilment, refunds
from orders.states import CheckoutStatus, OrderStatus
from payments.models import EscrowHold, InboxMessage, LedgerTransaction, PaymentAttempt, Refund, SandboxRefund
from payments.selectors import balances
from payments.services import attempts, escrow, inbox
from payments.services import refunds as payment_refunds
from tests.concurrency.orders_rig import captured
from tests.factories.merchants import make_merchant
from tests.factories.orders import make_cart, make_goods, place
from tests.factories.payments import answer, make_hold, make_paid_attempt, start
from tests.payments.test_inbox import message_of, signed
from tests.proofs.interleaving import Scene
from tests.walkthrough import order_up_to, tell_paid

Make = Callable[[], Scene]
now = timezone.now
ACTOR = "operator:1"


def refused(outcome: Any) -> bool:
    return isinstance(outcome, DomainError)


def goods() -> Variant:
    """So many pieces that every point of a scene can have its own."""
    return make_goods(stock=1_000)


# Checkout with checkout.


def same_cart() -> Make:
    """Two tabs place one cart, each with a key of its own."""
    lamp = goods()

    def make() -> Scene:
        cart, before = make_cart(lamp), Checkout.objects.count()
        total = cart_view(cart).total_minor
        placing = [partial(place, cart, key=uuid.uuid4(), expected_total_minor=total) for _ in range(2)]

        def check(*outcomes: Any) -> str:
            assert Checkout.objects.count() == before + 1
            assert sum(refused(outcome) for outcome in outcomes) == 1
            assert Stock.objects.get(variant=lamp).reserved == before + 1
            return "first" if refused(outcomes[1]) else "second"

        return Scene(placing[0], placing[1], check)

    return make


def same_key() -> Make:
    """One form that was sent twice."""
    lamp = goods()

    def make() -> Scene:
        cart, key = make_cart(lamp), uuid.uuid4()
        placing = partial(place, cart, key=key, expected_total_minor=cart_view(cart).total_minor)

        def check(*outcomes: Any) -> str:
            assert [outcome.pk for outcome in outcomes] == [key, key]
            assert Checkout.objects.filter(placed_from=cart.pk).count() == 1
            return "same"

        return Scene(placing, placing, check)

    return make


def last_piece() -> Make:
    """Two people want the last one."""

    def make() -> Scene:
        lamp = make_goods(stock=1)
        placing = [
            partial(place, cart, key=uuid.uuid4(), expected_total_minor=cart_view(cart).total_minor)
            for cart in (make_cart(lamp), make_cart(lamp))
        ]

        def check(*outcomes: Any) -> str:
            assert sum(isinstance(outcome, Checkout) for outcome in outcomes) == 1
            assert sum(isinstance(outcome, SoldOut) for outcome in outcomes) == 1
            assert Stock.objects.values_list("on_hand", "reserved").get(variant=lamp) == (1, 1)
            return "first" if refused(outcomes[1]) else "second"

        return Scene(placing[0], placing[1], check)

    return make


# Paying with ending.


def payment_of(checkout: Checkout) -> Callable[[], Any]:
    attempt = captured(checkout)
    return partial(tell_paid, attempt)


def cancelling_of(checkout: Checkout) -> Callable[[], Any]:
    return partial(cancellation.cancel_checkout, checkout_id=checkout.pk, actor="shopper:guest", at=now())


def expiry_of(checkout: Checkout) -> Callable[[], Any]:
    return partial(expiry.expire_unpaid, at=checkout.expires_at)


def paying_and_ending(ending: Callable[[Checkout], Callable[[], Any]], *, ending_first: bool) -> Make:
    """The money is in and the purchase learns of it while it is being cancelled or expires."""
    lamp = goods()

    def make() -> Scene:
        checkout = place(make_cart(lamp))
        steps = [payment_of(checkout), ending(checkout)]
        return Scene(steps[ending_first], steps[not ending_first], lambda *_: paid_or_ended(checkout))

    return make


def paid_or_ended(checkout: Checkout) -> str:
    """Paid, held and kept, or ended, all of it refunded and said so: never something of both."""
    checkout.refresh_from_db()
    holds = EscrowHold.objects.filter(purchase=checkout.pk).count()
    refunds_made = list(Refund.objects.filter(attempt__reference=checkout.pk).values_list("amount_minor", flat=True))
    said = OutboxEvent.objects.filter(name="LatePaymentRefunded", payload__checkout_id=str(checkout.pk)).count()
    statuses = set(checkout.orders.values_list("status", flat=True))
    if checkout.status == CheckoutStatus.PAID:
        assert (holds, refunds_made, said, statuses) == (1, [], 0, {OrderStatus.PAID})
        return "paid"
    assert checkout.status in {CheckoutStatus.CANCELLED, CheckoutStatus.EXPIRED}
    assert (holds, refunds_made, said, statuses) == (0, [checkout.total_minor], 1, {checkout.status})
    return "ended"


# A webhook with itself and with the poller.


def webhook_twice() -> Make:
    """The provider delivers the same message to two web processes, and two workers handle it."""

    def make() -> Scene:
        attempt = start()
        answer(attempt, "approve")
        body = message_of(attempt)

        def deliver() -> None:
            inbox.receive_webhook(gateway="sandbox", headers=signed(body), body=body, at=now())
            for message in InboxMessage.objects.filter(attempt_id=attempt.pk):
                inbox.process_message(message_id=message.pk, at=now())

        return Scene(deliver, deliver, lambda *_: captured_once(attempt, messages=1))

    return make


def webhook_and_poller() -> Make:
    """The message and the poller see the same success."""

    def make() -> Scene:
        attempt = start()
        answer(attempt, "approve")
        body = message_of(attempt)

        def deliver() -> None:
            inbox.receive_webhook(gateway="sandbox", headers=signed(body), body=body, at=now())
            inbox.process_message(message_id=InboxMessage.objects.get(attempt_id=attempt.pk).pk, at=now())

        return Scene(
            deliver, partial(attempts.refresh_attempt, attempt_id=attempt.pk, at=now()), lambda *_: captured_once(attempt, messages=1)
        )

    return make


def captured_once(attempt: PaymentAttempt, *, messages: int) -> str:
    attempt.refresh_from_db()
    assert attempt.status == "succeeded"
    assert LedgerTransaction.objects.filter(reference=attempt.reference).count() == 1
    assert OutboxEvent.objects.filter(name="PaymentSucceeded", payload__attempt_id=str(attempt.pk)).count() == 1
    assert list(InboxMessage.objects.filter(attempt_id=attempt.pk).values_list("status", flat=True)) == ["handled"] * messages
    return "captured"


# A refund with a refund.


def two_refunds_of_sixty_percent() -> Make:
    def make() -> Scene:
        paid = make_paid_attempt()

        def refund() -> Refund:
            return payment_refunds.request_refund(attempt_id=paid.pk, reference=uuid.uuid4(), amount_minor=6_000, reason="", at=now())

        def check(*outcomes: Any) -> str:
            assert sum(refused(outcome) for outcome in outcomes) == 1
            assert list(Refund.objects.filter(attempt=paid).values_list("amount_minor", flat=True)) == [6_000]
            return "first" if refused(outcomes[1]) else "second"

        return Scene(refund, refund, check)

    return make


def two_parts_of_sixty_percent(*, released: bool = False) -> Make:
    """Two people of the operator's give parts of one order back, for two reasons."""
    merchant = make_merchant()

    def make() -> Scene:
        held = make_hold(merchant)
        if released:
            escrow.release(reference=held.reference, at=now())

        def part() -> escrow.Returned:
            return escrow.refund_part(reference=held.reference, cause=uuid.uuid4(), amount_minor=6_000, reason="", at=now())

        def check(*outcomes: Any) -> str:
            assert sum(refused(outcome) for outcome in outcomes) == 1
            assert list(Refund.objects.filter(reference=held.reference).values_list("amount_minor", flat=True)) == [6_000]
            return "first" if refused(outcomes[1]) else "second"

        return Scene(part, part, check)

    return make


def one_part_twice() -> Make:
    """The same part, for the same reason, from two sides."""
    merchant = make_merchant()

    def make() -> Scene:
        held, cause = make_hold(merchant), uuid.uuid4()
        part = partial(escrow.refund_part, reference=held.reference, cause=cause, amount_minor=2_500, reason="", at=now())

        def check(*outcomes: Any) -> str:
            assert [outcome.cash_minor for outcome in outcomes] == [2_500, 2_500]
            assert list(Refund.objects.filter(reference=held.reference).values_list("amount_minor", flat=True)) == [2_500]
            return "once"

        return Scene(part, part, check)

    return make


def part_and_release(*, release_first: bool) -> Make:
    """A part goes back while the order is completed: from escrow or from the merchant, but only once."""

    def make() -> Scene:
        merchant = make_merchant()
        held = make_hold(merchant)
        part = partial(escrow.refund_part, reference=held.reference, cause=uuid.uuid4(), amount_minor=5_000, reason="", at=now())
        release = partial(escrow.release, reference=held.reference, at=now())

        def check(*_: Any) -> str:
            assert balances(merchant.pk, "USD").payable_minor == 5_000 - 250
            assert Refund.objects.get(reference=held.reference).amount_minor == 5_000
            return "both"

        return Scene(release, part, check) if release_first else Scene(part, release, check)

    return make


def claim_and_release(*, release_first: bool) -> Make:
    """A claim on the money comes in while it is released: it stays in escrow, or is set aside from what the merchant gets."""

    def make() -> Scene:
        merchant = make_merchant()
        held, cause = make_hold(merchant), uuid.uuid4()
        claim = partial(escrow.freeze, reference=held.reference, cause=cause, at=now())
        release = partial(escrow.release, reference=held.reference, at=now())

        def check(*_: Any) -> str:
            is_held = EscrowHold.objects.get(pk=held.pk).status == "held"
            assert balances(merchant.pk, "USD").payable_minor == 0
            return "kept in escrow" if is_held else "set aside"

        return Scene(release, claim, check) if release_first else Scene(claim, release, check)

    return make


def refund_sent_by_two_workers() -> Make:
    """Both look for refunds that are due at the same moment."""

    def make() -> Scene:
        paid = make_paid_attempt()
        refund = payment_refunds.refund_attempt(attempt_id=paid.pk, reason="late", at=now())
        sending = partial(payment_refunds.send_refunds, at=now())

        def check(*_: Any) -> str:
            refund.refresh_from_db()
            assert refund.status == "succeeded"
            assert SandboxRefund.objects.filter(payment__reference=paid.pk).count() == 1
            return "sent"

        return Scene(sending, sending, check)

    return make


def order_refunded_twice() -> Make:
    """Two people of the operator's press the button."""
    lamp = goods()

    def make() -> Scene:
        order = order_up_to(OrderStatus.SHIPPED, variants=[lamp]).order
        refunding = partial(refunds.refund_order, order_id=order.pk, actor=ACTOR, reason="broken", at=now())
        return Scene(refunding, refunding, lambda *_: refunded_whole(order))

    return make


def refunded_whole(order: MerchantOrder) -> str:
    order.refresh_from_db()
    assert order.status in {OrderStatus.REFUNDED, OrderStatus.CANCELLED}
    assert list(Refund.objects.filter(reference=order.pk).values_list("amount_minor", flat=True)) == [order.total_minor]
    return str(order.status)


# Sending, completing and giving back.


def order_cancelled_and_shipped(*, shipping_first: bool) -> Make:
    """The merchant hands the parcel over while the shopper cancels."""

    def make() -> Scene:
        lamp = make_goods(stock=3)
        order = order_up_to(OrderStatus.PAID, variants=[lamp], quantity=2).order
        cancelling = partial(cancellation.cancel_order, order_id=order.pk, actor=ACTOR, reason="asked", at=now())
        shipping = partial(fulfilment.ship_order, order_id=order.pk, carrier="SF", tracking_number="1", actor="merchant:1", at=now())

        def check(*_: Any) -> str:
            order.refresh_from_db()
            stock = Stock.objects.values_list("on_hand", "reserved").get(variant=lamp)
            parcels = Shipment.objects.filter(reference=order.pk).count()
            if order.status == OrderStatus.CANCELLED:
                assert (stock, parcels) == ((3, 0), 0)
                return refunded_whole(order)
            assert (order.status, stock, parcels) == (OrderStatus.SHIPPED, (1, 0), 1)
            assert not Refund.objects.filter(reference=order.pk).exists()
            return "shipped"

        return Scene(shipping, cancelling, check) if shipping_first else Scene(cancelling, shipping, check)

    return make


def order_completed_and_refunded(*, refund_first: bool) -> Make:
    """The shopper confirms receipt, which pays the merchant, while the operator refunds."""
    lamp = goods()

    def make() -> Scene:
        order = order_up_to(OrderStatus.DELIVERED, variants=[lamp]).order
        before = balances(order.merchant_id, order.currency).payable_minor
        confirming = partial(completion.confirm_receipt, order_id=order.pk, actor="shopper:guest", at=now())
        refunding = partial(refunds.refund_order, order_id=order.pk, actor=ACTOR, reason="broken", at=now())

        def check(*_: Any) -> str:
            assert balances(order.merchant_id, order.currency).payable_minor == before
            return refunded_whole(order)

        return Scene(refunding, confirming, check) if refund_first else Scene(confirming, refunding, check)

    return make
