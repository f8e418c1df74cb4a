"""The market as a machine of hypothesis: its rules are what shoppers, merchants, the operator, the provider, workers and the clock do."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from core import outbox
from core.errors import DomainError
from core.models import OutboxEvent
from logistics.services import expire_reservations
from orders.models import Checkout, CommissionLine, MerchantOrder
from orders.selectors import cart_view
from orders.services import cancellation, completion, expiry, fulfilment, payment, refunds
from orders.services.credits import CreditWish
from payments.errors import InvalidSignature
from payments.gateways import sandbox_books
from payments.models import InboxMessage, PaymentAttempt, SandboxPayment
from payments.services import attempts, inbox, sandbox
from payments.services import refunds as payment_refunds
from tests.factories.orders import make_cart, place
from tests.payments.test_inbox import signed
from tests.stateful.aftersales import AfterSales
from tests.stateful.banks import Banks, signed_by_stripe
from tests.stateful.credit import Credit, Wanted
from tests.stateful.model import Line, Order, Purchase
from tests.stateful.stage import PICK, step
from tests.walkthrough import RETURN_URL

GATEWAY = st.sampled_from(["sandbox", "stripe"])
ORDER = st.builds(
    Wanted,
    who=st.integers(0, 3),
    what=st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True),
    quantity=st.integers(1, 2),
    points=st.sampled_from([0, 0, 1, 150, 333]),
    card=st.sampled_from([0, 0, 0, 1, 2, 4]),
    credit=st.sampled_from([0, 0, 0, 1, 2, 4]),
    gateway=GATEWAY,
    far=st.sampled_from([0, 1, 2, 2, 3, 3]),
)
REST_AFTER = 10
SIGN = {"sandbox": signed, "stripe": signed_by_stripe}


class Market(AfterSales, Banks, Credit):
    def __init__(self) -> None:
        super().__init__()
        self.carts: list[tuple[Any, uuid.UUID, Any]] = []
        self.since_rest = 0

    @initialize(first_orders=st.lists(ORDER, min_size=2, max_size=5))
    def open_the_market(self, first_orders: list[Any]) -> None:
        self.set_up()
        for order in first_orders:
            with suppress(DomainError):
                self._order_something(order)

    # Shoppers

    @step(order=ORDER)
    def place_an_order(self, order: Any) -> None:
        self._order_something(order)

    def _order_something(self, wanted: Wanted) -> None:
        user = self.members[wanted.who] if wanted.who < len(self.members) else None
        cart = make_cart(*[self.goods[index] for index in wanted.what], user=user, quantity=wanted.quantity)
        key = uuid.uuid4()
        self._place(cart, key, user, wanted)
        for order in self.model.purchases[key].orders:
            for _ in range(wanted.far):
                self._go_on(MerchantOrder.objects.get(pk=order.id), wanted.gateway)

    def _place(self, cart: Any, key: uuid.UUID, user: Any, wanted: Wanted) -> None:
        points = wanted.points if user else 0
        uses = self.uses(wanted, user, cart_view(cart).total_minor - points)
        wishes = [CreditWish(minor, owner if owner in self.cards else None) for owner, minor in uses]
        placed = place(cart, user=user, key=key, points=points, credit=wishes, at=self.now)
        self.carts.append((cart, key, user))
        orders = [as_agreed(order) for order in placed.orders.order_by("number")]
        assert sum(order.points_minor for order in orders) == points
        self.model.purchases[placed.pk] = Purchase(placed.pk, user.pk if user else None, orders, uses)

    @precondition(lambda self: self.carts)
    @step(pick=PICK)
    def send_the_form_again(self, pick: int) -> None:
        cart, key, user = self.carts[-1 - pick % len(self.carts)]
        before = Checkout.objects.count()
        place(cart, user=user, key=key, at=self.now, expected_total_minor=cart_view(cart).total_minor)
        assert Checkout.objects.count() == before

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK, gateway=GATEWAY)
    def go_to_the_provider(self, pick: int, gateway: str) -> None:
        payment.start_payment(checkout=self.some_checkout(pick), gateway=gateway, return_url=RETURN_URL, at=self.now)

    @precondition(lambda self: self.model.purchases)
    @step(
        pick=PICK,
        gateway=GATEWAY,
        decision=st.sampled_from(["approve", "approve", "approve", "lose", "delay", "decline"]),
        returns=st.booleans(),
    )
    def pay(self, pick: int, decision: str, returns: bool, gateway: str = "sandbox") -> None:
        checkout = self.some_checkout(pick)
        attempt = payment.start_payment(checkout=checkout, gateway=gateway, return_url=RETURN_URL, at=self.now)
        self._answer(attempt, decision)
        if returns:
            payment.settle(checkout_id=checkout.pk, at=self.now)

    def _answer(self, attempt: PaymentAttempt, decision: str) -> None:
        if attempt.gateway == "stripe":
            self.answer_at_stripe(attempt, decision)
            return
        page = sandbox.decide(payment_id=uuid.UUID(attempt.provider_id), decision=decision, at=self.now)
        if decision != "decline":
            self.model.purchases[attempt.reference].approved[attempt.pk] = page.amount_minor
        row = SandboxPayment.objects.get(pk=page.payment_id)
        sandbox_books.notice_delivered(row.pk)  # its message is ours to deliver, or not
        self.messages.append(("sandbox", sandbox_books.notice_body(row)))

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK)
    def pay_another_amount(self, pick: int) -> None:
        """The provider, or somebody there, has made it a cent."""
        attempt = payment.start_payment(checkout=self.some_checkout(pick), gateway="sandbox", return_url=RETURN_URL, at=self.now)
        SandboxPayment.objects.filter(pk=attempt.provider_id, status="open").update(amount_minor=1)
        self._answer(attempt, "approve")
        self.model.purchases[attempt.reference].tampered.add(attempt.pk)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK)
    def come_back_to_the_shop(self, pick: int) -> None:
        payment.settle(checkout_id=self.some_checkout(pick).pk, at=self.now)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK)
    def cancel_the_purchase(self, pick: int) -> None:
        cancellation.cancel_checkout(checkout_id=self.some_checkout(pick).pk, actor="shopper:guest", at=self.now)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK)
    def cancel_an_order(self, pick: int) -> None:
        cancellation.cancel_order(order_id=self.some_order(pick), actor="shopper:guest", reason="asked", at=self.now)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK)
    def confirm_receipt(self, pick: int) -> None:
        completion.confirm_receipt(order_id=self.some_order(pick), actor="shopper:guest", at=self.now)

    # Merchants and the operator

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK, number=st.sampled_from(["SF1", "SF1", "SF2"]))
    def ship(self, pick: int, number: str) -> None:
        fulfilment.ship_order(order_id=self.some_order(pick), carrier="SF", tracking_number=number, actor="merchant:1", at=self.now)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK, delivered=st.booleans())
    def prepare_or_deliver(self, pick: int, delivered: bool) -> None:
        if delivered:
            fulfilment.mark_delivered(order_id=self.some_order(pick), actor="merchant:1", at=self.now)
        else:
            fulfilment.start_preparing(order_id=self.some_order(pick), actor="merchant:1", at=self.now)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK)
    def refund_an_order(self, pick: int) -> None:
        refunds.refund_order(order_id=self.some_order(pick), actor="operator:1", reason="broken", at=self.now)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK, gateway=GATEWAY)
    def do_what_comes_next(self, pick: int, gateway: str) -> None:
        """The usual life of an order, so that histories also reach its later parts."""
        order = MerchantOrder.objects.get(pk=self.some_order(pick))
        self._go_on(order, gateway)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK, gateway=GATEWAY)
    def pay_without_a_hitch(self, pick: int, gateway: str) -> None:
        """The usual life of a purchase."""
        self._go_on(self.some_checkout(pick).orders.order_by("number")[0], gateway)

    def _go_on(self, order: MerchantOrder, gateway: str) -> None:
        if order.status == "awaiting_payment":
            attempt = payment.start_payment(checkout=order.checkout, gateway=gateway, return_url=RETURN_URL, at=self.now)
            self._answer(attempt, "approve")
            payment.settle(checkout_id=order.checkout_id, at=self.now)
        elif order.status in {"paid", "preparing"}:
            fulfilment.ship_order(order_id=order.pk, carrier="SF", tracking_number="SF1", actor="merchant:1", at=self.now)
        else:
            completion.confirm_receipt(order_id=order.pk, actor="shopper:guest", at=self.now)

    # The provider's messages

    @precondition(lambda self: self.messages)
    @step(pick=PICK, copies=st.integers(1, 3))
    def deliver_a_message(self, pick: int, copies: int) -> None:
        gateway, body = self.messages[-1 - pick % len(self.messages)]
        for _ in range(copies):
            inbox.receive_webhook(gateway=gateway, headers=SIGN[gateway](body), body=body, at=self.now)

    @precondition(lambda self: self.messages)
    @step(pick=PICK)
    def forge_a_message(self, pick: int) -> None:
        gateway, body = self.messages[-1 - pick % len(self.messages)]
        before, other = InboxMessage.objects.count(), body.replace(b"payment.failed", b"payment.succeeded") + b" "
        with suppress(InvalidSignature):
            inbox.receive_webhook(gateway=gateway, headers=SIGN[gateway](body), body=other, at=self.now)
            raise AssertionError("a forged message was taken")
        assert InboxMessage.objects.count() == before

    # Workers, whose tasks may come at any time and as often as they like, and the clock

    @step(task=st.integers(0, 4), times=st.integers(1, 2))
    def run_a_task(self, task: int, times: int) -> None:
        tasks: list[Callable[..., object]] = [
            inbox.process_inbox,
            attempts.poll_attempts,
            payment_refunds.send_refunds,
            completion.complete_due,
        ]
        for _ in range(times):
            if task == len(tasks):
                outbox.relay(now=self.now)
            else:
                tasks[task](at=self.now)

    @step(pick=st.integers(0, 20))
    def relay_an_event_again(self, pick: int) -> None:
        """The relay had died between the last handler and its own note."""
        # Not those of earlier histories, whose clocks were ahead of this one's: they would not be due.
        handled = OutboxEvent.objects.filter(handled_at__isnull=False, next_try_at__lte=self.now).order_by("-pk")
        OutboxEvent.objects.filter(pk__in=list(handled.values_list("pk", flat=True)[pick : pick + 1])).update(handled_at=None)
        outbox.relay(now=self.now)

    @precondition(lambda self: self._oldest_unpaid)
    @step()
    def time_is_over(self) -> None:
        """By the database's clock, which the sweep is given: of the oldest purchase nobody has paid."""
        expiry.expire_unpaid(at=self._oldest_unpaid.expires_at)

    @precondition(lambda self: self._oldest_unpaid)
    @step()
    def the_goods_time_is_over_first(self) -> None:
        """The sweep of purchases was late; the backstop of logistics was not."""
        oldest = self._oldest_unpaid
        self.model.purchases[oldest.pk].goods_gone = True
        expire_reservations(at=oldest.expires_at + dt.timedelta(minutes=5))

    @step(seconds=st.sampled_from([5, 16, 61, 600, 4_000, 90_000, 8 * 86_400]))
    def time_passes(self, seconds: int) -> None:
        self.ahead += dt.timedelta(seconds=seconds)

    @precondition(lambda self: self.since_rest > REST_AFTER)
    @rule()
    def everything_comes_to_rest(self) -> None:
        self.since_rest = 0
        self.rest()

    @invariant()
    def the_books_add_up(self) -> None:
        if self.goods:
            self.since_rest += 1
            self.check()

    def teardown(self) -> None:
        if self.goods:
            self.rest()
            self.check()

    @property
    def _oldest_unpaid(self) -> Any:
        unpaid = Checkout.objects.filter(pk__in=self.model.purchases, status="awaiting_payment")
        return unpaid.order_by("expires_at").first()


def as_agreed(order: MerchantOrder) -> Order:
    """An order as it was placed, with what the operator keeps of each line frozen then."""
    fees = {row.line_id: (row.amount_minor, row.tax_minor) for row in CommissionLine.objects.filter(order=order)}
    lines: dict[uuid.UUID | None, Line] = {
        line.pk: Line(line.total_minor, fees.get(line.pk, ()), line.variant_id, line.quantity) for line in order.lines.all()
    }
    lines[None] = Line(order.shipping_minor, fees.get(None, ()))
    return Order(id=order.pk, merchant=order.merchant_id, points_minor=order.points_minor, lines=lines)
