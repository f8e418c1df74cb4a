"""What every machine of the market stands on: its clock, its goods and people, and what is compared after each step."""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from django.core.management import call_command
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from accounts.models import User
from catalog.models import Variant
from core import invariants, outbox
from core.errors import DomainError
from core.models import OutboxEvent
from logistics.models import Stock
from loyalty import selectors as loyalty
from orders.models import AfterSalesCase, CaseLine, Checkout, MerchantOrder, OrderRefund, OrderRefundLine
from payments.models import EscrowHold, Payout, ProviderDispute, SandboxTransfer
from payments.services import attempts, inbox, transfers
from payments.services import refunds as payment_refunds
from tests.factories.accounts import make_user
from tests.factories.credit import give_credit, make_card
from tests.factories.loyalty import make_lot
from tests.factories.orders import make_goods, make_seller
from tests.factories.payouts import make_account
from tests.proofs import books
from tests.proofs.clock import moved, real_now
from tests.proofs.crash import ask
from tests.provider_double.client import ProviderDouble
from tests.stateful.model import SENT, Exchange, Model, Order

PICK = st.integers(0, 5)
POINTS = 2_000
CREDIT_GIVEN = 6_000
PRICES, PIECES = (1_999, 701, 350, 5_000), (6, 4, 2, 9)
# Money of a merchant's as the ledger has it, credit positive, by kind of account.
MERCHANTS = """
SELECT a.merchant_id, a.kind, -sum(e.amount_minor)::bigint FROM payments_ledgerentry e JOIN payments_ledgeraccount a ON a.id = e.account_id
WHERE a.merchant_id IS NOT NULL GROUP BY a.merchant_id, a.kind
"""
# What is on store credit and gift cards; the owner is the middle of the code.
CREDIT = """
SELECT split_part(a.code, ':', 2)::uuid, -sum(e.amount_minor)::bigint
FROM payments_ledgerentry e JOIN payments_ledgeraccount a ON a.id = e.account_id
WHERE a.kind IN ('store_credit', 'gift_card') GROUP BY a.code
"""


def step(**given: Any) -> Callable[[Callable[..., None]], Any]:
    """A rule at the machine's own time, of which a refusal is a fair outcome."""

    def make(work: Callable[..., None]) -> Any:
        @rule(**given)
        @functools.wraps(work)
        def timed(self: Stage, **values: Any) -> None:
            with moved(self.ahead, database=False), suppress(DomainError):
                work(self, **values)

        return timed

    return make


class Stage(RuleBasedStateMachine):
    double: ClassVar[ProviderDouble]
    """Stripe, as a process of its own that outlives every history."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = dt.timedelta()
        self.model = Model()
        self.goods: list[Variant] = []
        self.members: list[User] = []
        self.cards: list[uuid.UUID] = []
        self.refunds_seen: set[uuid.UUID] = set()

    @property
    def now(self) -> dt.datetime:
        return real_now() + self.ahead

    def set_up(self) -> None:
        """Two sellers with two articles each, two members with points and store credit, and two gift cards."""
        if invariants.broken(invariants.names()) or OutboxEvent.objects.filter(handled_at__isnull=True).exists():
            # A failing history left it, and would fail every other.
            call_command("flush", verbosity=0, interactive=False, allow_cascade=True)
        sellers = [make_seller(shipping=500), make_seller(shipping=0)]
        for seller in sellers:
            make_account(seller)
        self.goods = [
            make_goods(merchant=seller, price=price, stock=stock) for seller, price, stock in zip(sellers * 2, PRICES, PIECES, strict=True)
        ]
        self.members = [make_user(), make_user()]
        for member in self.members:
            make_lot(POINTS, user=member, at=real_now())
            give_credit(member, CREDIT_GIVEN)
        self.cards = [make_card(CREDIT_GIVEN)[0].pk for _ in range(2)]
        self.model.credit_given = Counter(dict.fromkeys([*self.cards, *(member.pk for member in self.members)], CREDIT_GIVEN))
        self.model.initial_stock = {goods.pk: stock for goods, stock in zip(self.goods, PIECES, strict=True)}
        self.model.initial_points = {member.pk: POINTS for member in self.members}

    def check(self) -> None:
        """Shop and model agree about every shelf, merchant and member, and no invariant is broken."""
        self.look()
        for goods in self.goods:
            shelf = Stock.objects.values_list("on_hand", "reserved").get(variant=goods)
            assert shelf == self.model.shelf(goods.pk), f"{goods}: {shelf} on the shelf, {self.model.shelf(goods.pk)} expected"
        booked: Counter[tuple[uuid.UUID, str]] = Counter({(merchant, kind): minor for merchant, kind, minor in ask(MERCHANTS)})
        held, owed = self.model.held(), self.model.owed()
        for merchant in {goods.merchant_id for goods in self.goods}:
            assert booked[merchant, "held"] == held[merchant]
            assert booked[merchant, "payable"] + booked[merchant, "reserved"] == owed[merchant]
            assert booked[merchant, "reserved"] >= 0
        for member in self.members:
            points = loyalty.balance(member.pk, self.now) - loyalty.debt(member.pk)
            assert points == self.model.points(member.pk)
        on_account, expected = dict(ask(CREDIT)), self.model.credit()
        assert {owner: on_account.get(owner, 0) for owner in expected} == expected
        assert invariants.broken(invariants.names()) == []

    def look(self) -> None:
        """Take from the shop how things stand and what was agreed, but no sum, balance or counter."""
        ours = MerchantOrder.objects.filter(checkout__in=self.model.purchases)
        statuses = dict(ours.values_list("pk", "status"))
        for order in self.model.orders:
            order.status = statuses[order.id]
            order.was_sent |= order.status in SENT
            order.was_completed |= order.status == "completed"
        for key, status in Checkout.objects.filter(pk__in=self.model.purchases).values_list("pk", "status"):
            self.model.purchases[key].status = status
        self._look_at_returns({order.id: order for order in self.model.orders})
        paid_out = Payout.objects.exclude(status="failed").filter(merchant__in={goods.merchant_id for goods in self.goods})
        self.model.paid_out = Counter()
        for merchant, minor in paid_out.values_list("merchant_id", "amount_minor"):
            self.model.paid_out[merchant] += minor

    def _look_at_returns(self, orders: dict[uuid.UUID, Order]) -> None:
        """No step gives money back and hears of a dispute as well, so their order within a step is nobody's concern."""
        fresh = OrderRefund.objects.filter(order__in=orders).exclude(pk__in=self.refunds_seen).order_by("created_at", "pk")
        for key, order, purchase, shipping in fresh.values_list("pk", "order_id", "order__checkout_id", "shipping_minor"):
            parts: dict[uuid.UUID | None, int] = {None: shipping}
            parts |= dict(OrderRefundLine.objects.filter(refund=key).values_list("order_line_id", "amount_minor"))
            self.model.purchases[purchase].give_back(orders[order], parts)
            self.refunds_seen.add(key)
        self._look_at_disputes()
        self._look_at_cases(orders)

    def _look_at_disputes(self) -> None:
        heard = ProviderDispute.objects.filter(attempt__reference__in=self.model.purchases).order_by("pk")
        for name, purchase, minor, status in heard.values_list("provider_id", "attempt__reference", "amount_minor", "status"):
            known = self.model.purchases[purchase]
            if name not in known.disputes:
                known.dispute(name, minor)
            if status != known.disputes[name].status:
                turns = EscrowHold.objects.filter(purchase=purchase).order_by("pk").values_list("reference", flat=True)
                known.end_dispute(name, status, list(turns))

    def _look_at_cases(self, orders: dict[uuid.UUID, Order]) -> None:
        self.model.restocked = Counter()
        exchanged: dict[uuid.UUID, Counter[uuid.UUID]] = {}
        lines = CaseLine.objects.filter(case__order__in=orders)
        for case, kind, variant, pieces, restocked in lines.values_list(
            "case_id", "case__kind", "order_line__variant_id", "quantity", "restocked_quantity"
        ):
            self.model.restocked[variant] += restocked
            if kind == "exchange":
                exchanged.setdefault(case, Counter())[variant] += pieces
        for case, goods in exchanged.items():
            self.model.exchanges.setdefault(case, Exchange(goods))
        for case, kind, status in AfterSalesCase.objects.filter(pk__in=self.model.exchanges).values_list("pk", "kind", "status"):
            exchange = self.model.exchanges[case]
            exchange.was_agreed |= kind == "exchange" and status == "approved"
            exchange.was_sent |= status == "replaced"
            exchange.has_ended |= status in {"closed", "withdrawn", "refunded"}

    def rest(self) -> None:
        """All workers run until none has anything to do; then the provider's books and ours agree to the cent."""
        for seconds in (0, 16, 61, 300, 3_700):
            self.ahead += dt.timedelta(seconds=seconds)
            with moved(self.ahead, database=False):
                for _ in range(6):
                    inbox.process_inbox(at=self.now)
                    attempts.poll_attempts(at=self.now)
                    payment_refunds.send_refunds(at=self.now)
                    transfers.send_payouts(at=self.now)
                    if not outbox.relay(now=self.now):
                        break
        self.look()
        self._agree_with_the_provider()

    def _agree_with_the_provider(self) -> None:
        every = [*books.sandbox_charges(ask), *books.charges_at(self.double)]
        charges = {uuid.UUID(charge.attempt_id): charge for charge in every}
        assert len(charges) == len(every), "an attempt was charged twice"
        for purchase in self.model.purchases.values():
            fair = {attempt: minor for attempt, minor in purchase.approved.items() if attempt not in purchase.tampered}
            assert {attempt: charges[attempt].captured_minor for attempt in fair} == fair
            kept = sum(charges[attempt].captured_minor - charges[attempt].refunded_minor for attempt in fair)
            assert kept == purchase.cash_kept, f"{purchase.status}: the provider keeps {kept}, {purchase.cash_kept} is right"
            assert purchase.status != "awaiting_payment" or not fair
            assert not any(charges[attempt].refunded_minor for attempt in purchase.tampered)
        transferred = list(SandboxTransfer.objects.values_list("idempotency_key", "amount_minor"))
        ours = {pk.hex: minor for pk, minor in Payout.objects.filter(status="paid").values_list("pk", "amount_minor")}
        assert len(transferred) == len(dict(transferred))
        assert ours.items() <= dict(transferred).items()
        assert not OutboxEvent.objects.filter(handled_at__isnull=True).exists()

    def some_checkout(self, pick: int) -> Checkout:
        """One of those that may still be paid; any of the last ones when there is none, and now and then."""
        every = list(self.model.purchases.values())
        open_ones = [purchase for purchase in every if purchase.status == "awaiting_payment"]
        chosen = open_ones if open_ones and pick else every
        return Checkout.objects.get(pk=chosen[-1 - pick % len(chosen)].id)

    def some_order(self, pick: int) -> uuid.UUID:
        """One of those that are paid; any of the last ones when there is none, and now and then."""
        every = self.model.orders
        paid = [order for order in every if order.is_kept]
        chosen = paid if paid and pick else every
        return chosen[-1 - pick % len(chosen)].id
