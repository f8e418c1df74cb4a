"""The demo's mailbox looks as if its history had happened when it says."""

import datetime as dt

import pytest
from django.utils import timezone

from core import outbox
from merchants.models import Membership
from merchants.services.teams import set_member
from orders.models import MerchantOrder
from orders.states import OrderStatus
from shop.demo.history import History, Item, Plan, Purchase
from shop.demo.mails import date_mails
from support.models import Mail
from tests.factories.accounts import make_user
from tests.factories.orders import make_goods, make_seller
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db


def test_mails_about_the_demos_history_are_as_old_as_what_they_tell_of() -> None:
    seller = make_seller()
    set_member(merchant=seller, user=make_user(), role=Membership.Role.OWNER)
    goods = make_goods(merchant=seller)
    now = timezone.now()
    purchase = Purchase("buyer@shoppers.example", "Wang Fang", "en", (Item(goods.sku),), 20, OrderStatus.COMPLETED)
    for _ in History(Plan((purchase,), (), now)).play():
        pass
    own = order_up_to(OrderStatus.PAID, variants=[make_goods()])
    outbox.relay(now=timezone.now())

    assert date_mails([purchase.key]) == 6

    order = MerchantOrder.objects.select_related("checkout").get(checkout=purchase.key)
    mails = Mail.objects.exclude(to=own.checkout.email)
    assert dict(mails.values_list("kind", "created_at")) == {
        "order_placed": order.placed_at,
        "order_paid": order.checkout.paid_at,
        "merchant_new_order": order.checkout.paid_at,
        "order_shipped": order.shipped_at,
        "order_delivered": order.delivered_at,
        "review_invited": order.completed_at,
    }
    assert order.placed_at < now - dt.timedelta(days=20)
    assert all(mail.created_at >= now for mail in Mail.objects.filter(to=own.checkout.email))
