"""The demo's merchants have been paid, each period at its own time."""

import datetime as dt

import pytest
from django.utils import timezone

from core import invariants, outbox
from orders.states import OrderStatus
from payments.models import BankAccount, Payout, PayoutStatement
from shop.demo import payouts
from shop.demo.history import History, Item, Plan, Purchase
from tests.factories.orders import make_goods, make_seller

pytestmark = pytest.mark.django_db


def test_periods_of_the_demos_history_are_closed_and_paid_in_the_past() -> None:
    now = timezone.now()
    seller = make_seller()
    payouts.open_account(seller, at=now - dt.timedelta(days=75), ending="0002")
    goods = make_goods(merchant=seller, stock=50)
    days = (12, 61, 40, 26)
    bought = [Purchase(f"buyer{ago}@shoppers.example", "Wang Fang", "en", (Item(goods.sku),), ago, OrderStatus.COMPLETED) for ago in days]

    for _ in History(Plan(tuple(bought), (), now)).play():
        pass
    outbox.relay(now=now)

    statements = PayoutStatement.objects.filter(merchant=seller).order_by("number")
    assert list(Payout.objects.order_by("created_at").values_list("status", flat=True)) == ["failed", *["paid"] * 4]
    assert len(statements) == 5
    for statement in statements:
        moments = statement.lines.values_list("entry__transaction__created_at", flat=True)
        assert all(statement.period_start <= moment <= statement.period_end for moment in moments)
    assert statements[0].period_end < now - dt.timedelta(days=40)
    assert BankAccount.objects.filter(merchant=seller).count() == 2
    assert invariants.violations() == {}
