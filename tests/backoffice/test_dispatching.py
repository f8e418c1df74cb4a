"""Many orders are handed to one carrier at once; what is refused is named and stays in the queue."""

from __future__ import annotations

import pytest
from django.test import Client

from logistics.models import CarrierBooking, Shipment
from orders.models import MerchantOrder
from tests.backoffice.market import Shop
from tests.factories.accounts import make_user
from tests.factories.carriers import make_carrier
from tests.factories.merchants import make_membership

pytestmark = pytest.mark.django_db
PAGE = "/merchant/to-ship/dispatch/"


@pytest.fixture
def owner(shop: Shop) -> Client:
    client = Client()
    client.force_login(shop.owner)
    return client


def waiting(shop: Shop) -> list[MerchantOrder]:
    return list(MerchantOrder.objects.filter(merchant=shop.merchant, status__in=["paid", "preparing"]).order_by("pk"))


def test_the_built_in_carrier_takes_all_chosen_orders_at_once(shop: Shop, owner: Client, stranger: Shop) -> None:
    own, foreign = waiting(shop), waiting(stranger)
    assert own

    answer = owner.post(PAGE, {"way": "simulated", "order": [str(order.pk) for order in (*own, *foreign)]}, follow=True)

    assert answer.status_code == 200
    assert not waiting(shop)
    assert waiting(stranger) == foreign
    sent = Shipment.objects.filter(reference__in=[order.pk for order in own])
    assert sent.exists()
    assert CarrierBooking.objects.filter(shipment__in=sent).count() == sent.count()


def test_a_carrier_with_its_own_numbers_leads_to_the_form_for_them(shop: Shop, owner: Client) -> None:
    account = make_carrier(shop.merchant)[0]
    order = waiting(shop)[0]

    answer = owner.post(PAGE, {"way": str(account.pk), "order": str(order.pk)})

    assert f"{order.number};{account.text('name')};" in answer.content.decode()
    assert waiting(shop)[0] == order


def test_nothing_chosen_and_a_strangers_carrier_are_refused(shop: Shop, owner: Client, stranger: Shop) -> None:
    before, account = waiting(shop), make_carrier(stranger.merchant)[0]

    nothing = owner.post(PAGE, {"way": "simulated"})
    foreign = owner.post(PAGE, {"way": str(account.pk), "order": str(before[0].pk)})

    assert 400 <= nothing.status_code < 500
    assert 400 <= foreign.status_code < 500
    assert waiting(shop) == before


def test_who_may_not_ship_hands_nothing_over(shop: Shop) -> None:
    client, before = Client(), waiting(shop)
    client.force_login(make_membership(shop.merchant, make_user(), "read_only").user)

    answer = client.post(PAGE, {"way": "simulated", "order": str(before[0].pk)})

    assert answer.status_code == 403
    assert waiting(shop) == before
