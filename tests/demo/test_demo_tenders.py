"""The demo's people pay in every way the shop takes, and the books are true before any worker has run."""

import datetime as dt
import random
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from core import invariants, outbox
from orders.models import Checkout, MerchantOrder
from orders.states import CheckoutStatus, OrderStatus
from payments import verification
from payments.models import BankLine, CashCollection, CreditUse, GiftCard, GiftCardBatch
from payments.selectors.credit import credit_balance, credit_history
from payments.services.attempts import poll_attempts
from payments.states import BankLineStatus, CashStatus
from shop.demo import purses, source
from shop.demo.history import SHOPPER, History, Item, Plan, Purchase, make_logins, plan_purchases
from shop.demo.tenders import Tender
from support.models import Mail
from tests.factories.orders import make_goods, make_seller

pytestmark = pytest.mark.django_db(transaction=True)
ACCOUNT = "Jishi\nIBAN DE75 5121 0800 1245 1261 99"


@pytest.fixture
def now() -> dt.datetime:
    moment = timezone.now()
    make_logins()
    purses.fill(moment)
    return moment


def _play(now: dt.datetime, *wanted: tuple[Tender, OrderStatus, int]) -> None:
    goods = make_goods(merchant=make_seller(cash_on_delivery=True), stock=50)
    bought = [Purchase(SHOPPER, "Lin Xiaoyu", "en", (Item(goods.sku),), days, stage, tender) for tender, stage, days in wanted]
    # An interrupted load goes on where it stopped, so a second time changes nothing.
    for _ in range(2):
        for _ in History(Plan(tuple(bought), (), now)).play():
            pass


def test_the_demos_shopper_has_store_credit_with_a_history_and_a_card_to_redeem(now: dt.datetime) -> None:
    purses.fill(now)
    shopper = User.objects.get(email=SHOPPER)

    history = credit_history(shopper.pk, "USD")
    outbox.relay(now=timezone.now())

    assert [row.amount_minor for row in history] == [2_500, -500, 2_500, 10_000]
    assert [row.at for row in history] == sorted((row.at for row in history), reverse=True)
    assert credit_balance(shopper.pk, "USD") == 14_500
    assert GiftCardBatch.objects.get().cards.count() == purses.CARDS
    assert GiftCard.objects.filter(purchase__recipient=SHOPPER, loaded_minor=0).count() == 1
    assert Mail.objects.filter(kind="gift_card", to=SHOPPER).count() == 2
    assert invariants.violations() == {}


def test_every_way_to_pay_is_shown(now: dt.datetime, settings: Any) -> None:
    settings.BANK_TRANSFER_ACCOUNT = ACCOUNT

    _play(
        now,
        (Tender.STORE_CREDIT, OrderStatus.COMPLETED, 16),
        (Tender.GIFT_CARD, OrderStatus.COMPLETED, 12),
        (Tender.CASH, OrderStatus.COMPLETED, 9),
        (Tender.TRANSFER, OrderStatus.SHIPPED, 6),
        (Tender.CASH, OrderStatus.SHIPPED, 3),
        (Tender.UNNAMED, OrderStatus.AWAITING_PAYMENT, 2),
        (Tender.AWAITED, OrderStatus.AWAITING_PAYMENT, 1),
    )
    poll_attempts(at=timezone.now())

    assert invariants.violations() == {}
    # Tests that commit have the guards against TRUNCATE off.
    assert {finding.check for finding in verification.verify().findings if finding.count} <= {"guards that are missing or switched off"}
    assert dict(CreditUse.objects.values_list("source", "amount_minor")) == {"store_credit": 2_500, "gift_card": 2_500}
    assert set(CashCollection.objects.values_list("status", flat=True)) == {CashStatus.DUE, CashStatus.COLLECTED}
    assert sorted(BankLine.objects.values_list("status", flat=True)) == [BankLineStatus.MATCHED, BankLineStatus.UNMATCHED]
    waiting = Checkout.objects.filter(status=CheckoutStatus.AWAITING_PAYMENT)
    assert waiting.count() == 2
    assert all(checkout.expires_at > now + dt.timedelta(days=2) for checkout in waiting)
    assert MerchantOrder.objects.filter(status=OrderStatus.SHIPPED).count() == 2


def test_without_an_account_of_the_operator_nobody_pays_by_bank_transfer(settings: Any) -> None:
    settings.BANK_TRANSFER_ACCOUNT = ""

    plan = plan_purchases(source.products(small=True), random.Random(1), now=timezone.now(), small=True)

    assert {purchase.tender for purchase in plan.purchases} == {Tender.CARD, Tender.STORE_CREDIT, Tender.GIFT_CARD, Tender.CASH}
