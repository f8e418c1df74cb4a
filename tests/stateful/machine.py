"""The market as a machine of hypothesis: its rules are what shoppers, merchants, the operator, the provider, workers and the clock do."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.management import call_command
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from catalog.models import Variant
from core import invariants, outbox
from core.errors import DomainError
from core.models import OutboxEvent
from logistics.models import Stock
from logistics.services import expire_reservations
from loyalty import selectors as loyalty
from orders.models import Checkout, MerchantOrder
from orders.selectors import cart_view
from orders.services import cancellation, completion, expiry, fulfilment, payment, refunds
from payments.errors import InvalidSignature
from payments.gateways import sandbox_books
from payments.models import InboxMessage, PaymentAttempt, SandboxPayment
from payments.selectors import balances
from payments.services import attempts, inbox, sandbox
from payments.services import refunds as payment_refunds
from tests.factories.accounts import make_user
from tests.factories.loyalty import make_lot
from tests.factories.orders import make_cart, make_goods, make_seller, place
from tests.payments.test_inbox import signed
from tests.proofs import books
from tests.proofs.clock import moved, real_now
from tests.proofs.crash import ask
from tests.stateful.model import HELD, SENT, Model, Order, Purchase
from tests.walkthrough import RETURN_URL

PICK = st.integers(0, 5)
POINTS = 2_000
# Who (two members, else a guest), which goods, how many of each, points of a member's.
ORDER = st.tuples(
    st.integers(0, 3),
    st.lists(st.integers(0, 3), min_size=1, max_size=3, unique=True),
    st.integers(1, 2),
    st.sampled_from([0, 0, 1, 150, 333]),
)
REST_AFTER = 10


def step(**given: Any) -> Callable[[Callable[..., None]], Any]:
    """A rule at the machine's own time, of which a refusal is a fair outcome."""

    def make(work: Callable[..., None]) -> Any:
        @rule(**given)
        @functools.wraps(work)
        def timed(self: Market, **values: Any) -> None:
            with moved(self.ahead, database=False), suppress(DomainError):
                work(self, **values)

        return timed

    return make


class Market(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.ahead = dt.timedelta()
        self.model = Model()
        self.carts: list[tuple[Any, uuid.UUID, Any]] = []
        self.messages: list[bytes] = []
        self.since_rest = 0

    @property
    def now(self) -> dt.datetime:
        return real_now() + self.ahead

    @initialize(first_orders=st.lists(ORDER, min_size=2, max_size=5))
    def open_the_market(self, first_orders: list[Any]) -> None:
        if invariants.broken(invariants.names()):
            forget_everything()  # what a failing history left would fail every other
        sellers = [make_seller(shipping=500), make_seller(shipping=0)]
        self.goods: list[Variant] = [
            make_goods(merchant=seller, price=price, stock=stock)
            for seller, price, stock in zip(sellers * 2, (1_999, 701, 350, 5_000), (6, 4, 2, 9), strict=True)
        ]
        self.members = [make_user(), make_user()]
        for member in self.members:
            make_lot(POINTS, user=member, at=real_now())
        self.model.initial_stock = {goods.pk: stock for goods, stock in zip(self.goods, (6, 4, 2, 9), strict=True)}
        self.model.initial_points = {member.pk: POINTS for member in self.members}

        for order in first_orders:
            with suppress(DomainError):
                self._order_something(*order)

    # Shoppers

    @step(order=ORDER)
    def place_an_order(self, order: Any) -> None:
        self._order_something(*order)

    def _order_something(self, who: int, what: list[int], quantity: int, points: int) -> None:
        user = self.members[who] if who < len(self.members) else None
        cart = make_cart(*[self.goods[index] for index in what], user=user, quantity=quantity)
        self._place(cart, uuid.uuid4(), user, points if user else 0)

    def _place(self, cart: Any, key: uuid.UUID, user: Any, points: int) -> None:
        placed = place(cart, user=user, key=key, points=points, at=self.now)
        self.carts.append((cart, key, user))
        orders = [
            Order(
                id=order.pk,
                merchant=order.merchant_id,
                goods_minor=order.goods_minor,
                shipping_minor=order.shipping_minor,
                points_minor=order.points_minor,
                commission_minor=order.commission_minor,
                pieces={line.variant_id: line.quantity for line in order.lines.all()},
            )
            for order in placed.orders.order_by("number")
        ]
        assert sum(order.points_minor for order in orders) == points
        self.model.purchases[placed.pk] = Purchase(placed.pk, user.pk if user else None, orders)

    @precondition(lambda self: self.carts)
    @step(pick=PICK)
    def send_the_form_again(self, pick: int) -> None:
        cart, key, user = self.carts[-1 - pick % len(self.carts)]
        before = Checkout.objects.count()
        place(cart, user=user, key=key, at=self.now, expected_total_minor=cart_view(cart).total_minor)
        assert Checkout.objects.count() == before

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK)
    def go_to_the_provider(self, pick: int) -> None:
        payment.start_payment(checkout=self._checkout(pick), gateway="sandbox", return_url=RETURN_URL, at=self.now)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK, decision=st.sampled_from(["approve", "approve", "approve", "lose", "delay", "decline"]), returns=st.booleans())
    def pay(self, pick: int, decision: str, returns: bool) -> None:
        checkout = self._checkout(pick)
        attempt = payment.start_payment(checkout=checkout, gateway="sandbox", return_url=RETURN_URL, at=self.now)
        self._answer(attempt, decision)
        if returns:
            payment.settle(checkout_id=checkout.pk, at=self.now)

    def _answer(self, attempt: PaymentAttempt, decision: str) -> None:
        page = sandbox.decide(payment_id=uuid.UUID(attempt.provider_id), decision=decision, at=self.now)
        if decision != "decline":
            self.model.purchases[attempt.reference].approved[attempt.pk] = page.amount_minor
        row = SandboxPayment.objects.get(pk=page.payment_id)
        sandbox_books.notice_delivered(row.pk)  # its message is ours to deliver, or not
        self.messages.append(sandbox_books.notice_body(row))

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK)
    def pay_another_amount(self, pick: int) -> None:
        """The provider, or somebody there, has made it a cent."""
        attempt = payment.start_payment(checkout=self._checkout(pick), gateway="sandbox", return_url=RETURN_URL, at=self.now)
        SandboxPayment.objects.filter(pk=attempt.provider_id, status="open").update(amount_minor=1)
        self._answer(attempt, "approve")
        self.model.purchases[attempt.reference].tampered.add(attempt.pk)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK)
    def come_back_to_the_shop(self, pick: int) -> None:
        payment.settle(checkout_id=self._checkout(pick).pk, at=self.now)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK)
    def cancel_the_purchase(self, pick: int) -> None:
        cancellation.cancel_checkout(checkout_id=self._checkout(pick).pk, actor="shopper:guest", at=self.now)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK)
    def cancel_an_order(self, pick: int) -> None:
        cancellation.cancel_order(order_id=self._order(pick), actor="shopper:guest", reason="asked", at=self.now)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK)
    def confirm_receipt(self, pick: int) -> None:
        completion.confirm_receipt(order_id=self._order(pick), actor="shopper:guest", at=self.now)

    # Merchants and the operator

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK, number=st.sampled_from(["SF1", "SF1", "SF2"]))
    def ship(self, pick: int, number: str) -> None:
        fulfilment.ship_order(order_id=self._order(pick), carrier="SF", tracking_number=number, actor="merchant:1", at=self.now)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK, delivered=st.booleans())
    def prepare_or_deliver(self, pick: int, delivered: bool) -> None:
        if delivered:
            fulfilment.mark_delivered(order_id=self._order(pick), actor="merchant:1", at=self.now)
        else:
            fulfilment.start_preparing(order_id=self._order(pick), actor="merchant:1", at=self.now)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK)
    def refund_an_order(self, pick: int) -> None:
        refunds.refund_order(order_id=self._order(pick), actor="operator:1", reason="broken", at=self.now)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK)
    def do_what_comes_next(self, pick: int) -> None:
        """The usual life of an order, so that histories also reach its later parts."""
        order = MerchantOrder.objects.get(pk=self._order(pick))
        self._go_on(order)

    @precondition(lambda self: self.model.purchases)
    @step(pick=PICK)
    def pay_without_a_hitch(self, pick: int) -> None:
        """The usual life of a purchase."""
        self._go_on(self._checkout(pick).orders.order_by("number")[0])

    def _go_on(self, order: MerchantOrder) -> None:
        if order.status == "awaiting_payment":
            attempt = payment.start_payment(checkout=order.checkout, gateway="sandbox", return_url=RETURN_URL, at=self.now)
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
        body = self.messages[-1 - pick % len(self.messages)]
        for _ in range(copies):
            inbox.receive_webhook(gateway="sandbox", headers=signed(body), body=body, at=self.now)

    @precondition(lambda self: self.messages)
    @step(pick=PICK)
    def forge_a_message(self, pick: int) -> None:
        body = self.messages[-1 - pick % len(self.messages)]
        before = InboxMessage.objects.count()
        with suppress(InvalidSignature):
            inbox.receive_webhook(
                gateway="sandbox", headers=signed(body), body=body.replace(b"payment.failed", b"payment.succeeded") + b" ", at=self.now
            )
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
        handled = OutboxEvent.objects.filter(handled_at__isnull=False).order_by("-pk").values_list("pk", flat=True)[pick : pick + 1]
        OutboxEvent.objects.filter(pk__in=list(handled)).update(handled_at=None)
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
        """All workers run until none has anything to do; then the provider's books and ours agree to the cent."""
        self.since_rest = 0
        for seconds in (0, 16, 61, 300, 3_700):
            self.ahead += dt.timedelta(seconds=seconds)
            with moved(self.ahead, database=False):
                for _ in range(6):
                    inbox.process_inbox(at=self.now)
                    attempts.poll_attempts(at=self.now)
                    payment_refunds.send_refunds(at=self.now)
                    if not outbox.relay(now=self.now):
                        break
        self._look()
        self._agree_with_the_provider()

    # What is true after every step

    @invariant()
    def the_books_add_up(self) -> None:
        if not hasattr(self, "goods"):
            return
        self.since_rest += 1
        self._look()
        for goods in self.goods:
            shelf = Stock.objects.values_list("on_hand", "reserved").get(variant=goods)
            assert shelf == self.model.shelf(goods.pk), f"{goods}: {shelf} on the shelf, {self.model.shelf(goods.pk)} expected"
        held, payable = self.model.held(), self.model.payable()
        for merchant in {goods.merchant_id for goods in self.goods}:
            booked = balances(merchant, "USD")
            assert (booked.held_minor, booked.payable_minor) == (held[merchant], payable[merchant])
        for member in self.members:
            points = loyalty.balance(member.pk, self.now) - loyalty.debt(member.pk)
            assert points == self.model.points(member.pk)
        assert invariants.broken(invariants.names()) == []

    def _look(self) -> None:
        """Take the statuses, and nothing else, from the shop."""
        statuses = dict(MerchantOrder.objects.filter(checkout__in=self.model.purchases).values_list("pk", "status"))
        for order in self.model.orders:
            order.status = statuses[order.id]
            order.was_sent |= order.status in SENT
            order.was_completed |= order.status == "completed"
        for key, status in Checkout.objects.filter(pk__in=self.model.purchases).values_list("pk", "status"):
            self.model.purchases[key].status = status

    def _agree_with_the_provider(self) -> None:
        charges = {uuid.UUID(charge.attempt_id): charge for charge in books.sandbox_charges(ask)}
        for purchase in self.model.purchases.values():
            fair = {attempt: minor for attempt, minor in purchase.approved.items() if attempt not in purchase.tampered}
            assert {attempt: charges[attempt].captured_minor for attempt in fair} == fair
            kept = sum(charges[attempt].captured_minor - charges[attempt].refunded_minor for attempt in fair)
            assert kept == purchase.cash_kept, f"{purchase.status}: the provider keeps {kept}, {purchase.cash_kept} is right"
            assert purchase.status != "awaiting_payment" or not fair
            assert not any(charges[attempt].refunded_minor for attempt in purchase.tampered)
        assert not OutboxEvent.objects.filter(handled_at__isnull=True).exists()

    def teardown(self) -> None:
        if hasattr(self, "goods"):
            self.everything_comes_to_rest()

    @property
    def _oldest_unpaid(self) -> Any:
        unpaid = Checkout.objects.filter(pk__in=self.model.purchases, status="awaiting_payment")
        return unpaid.order_by("expires_at").first()

    def _checkout(self, pick: int) -> Checkout:
        """One of those that may still be paid; any of the last ones when there is none, and now and then."""
        every = list(self.model.purchases.values())
        open_ones = [purchase for purchase in every if purchase.status == "awaiting_payment"]
        chosen = open_ones if open_ones and pick else every
        return Checkout.objects.get(pk=chosen[-1 - pick % len(chosen)].id)

    def _order(self, pick: int) -> uuid.UUID:
        """One of those that are paid; any of the last ones when there is none, and now and then."""
        every = self.model.orders
        paid = [order for order in every if order.status in {*HELD, "completed"}]
        chosen = paid if paid and pick else every
        return chosen[-1 - pick % len(chosen)].id


def forget_everything() -> None:
    """Empty every table, as the end of a test with real commits does."""
    call_command("flush", verbosity=0, interactive=False, allow_cascade=True)
