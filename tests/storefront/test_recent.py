"""What was looked at lately: a member's in the account, a guest's in the browser."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from catalog.models import Product, RecentView
from catalog.selectors import visits as reads
from catalog.selectors.visits import recent_cards
from catalog.services import hide_product, visits
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_product
from tests.snapshot import snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return make_user()


@pytest.fixture
def goods() -> list[Product]:
    return [make_product() for _ in range(4)]


def ids(products: list[Product]) -> str:
    return ",".join(str(product.pk) for product in products)


def test_the_last_one_seen_comes_first_and_each_once(user: User, goods: list[Product]) -> None:
    for minute, product in enumerate([goods[0], goods[1], goods[0]]):
        visits.note_seen(user=user, product_ids=[product.pk], at=NOW + dt.timedelta(minutes=minute))

    assert [card.product_id for card in recent_cards(user, "en")] == [goods[0].pk, goods[1].pk]


def test_only_the_newest_are_kept_in_four_statements(
    user: User, goods: list[Product], monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(visits, "KEPT", 3)
    visits.note_seen(user=user, product_ids=[product.pk for product in goods[:2]], at=NOW)

    with django_assert_max_num_queries(7):  # four, and what a transaction and a cascade of one table need
        visits.note_seen(user=user, product_ids=[product.pk for product in goods[2:]], at=NOW + dt.timedelta(hours=1))

    assert [card.product_id for card in recent_cards(user, "en")] == [goods[2].pk, goods[3].pk, goods[0].pk]


def test_a_member_sees_only_their_own_and_only_what_is_sold(client: Client, user: User, goods: list[Product]) -> None:
    visits.note_seen(user=make_user(), product_ids=[goods[0].pk], at=NOW)
    visits.note_seen(user=user, product_ids=[goods[1].pk, goods[2].pk], at=NOW)
    hide_product(product_id=goods[2].pk, actor="system:test", at=NOW)
    client.force_login(user)

    page, rail = client.get("/recent/").text, client.get("/recent/rail/", {"ids": ids(goods)}).text

    assert [product.title in page for product in goods[:3]] == [False, True, False]
    assert [product.title in rail for product in goods[:3]] == [False, True, False]


def test_a_guests_browser_asks_for_what_it_remembers_and_nothing_is_written(client: Client, goods: list[Product]) -> None:
    before = snapshot()

    rail = client.get("/recent/rail/", {"ids": f"{ids(goods[:2])},nonsense,{uuid.uuid4()}", "but": str(goods[0].pk)}).text
    told = client.post("/recent/seen/", {"product": goods[0].pk})

    assert [product.title in rail for product in goods[:2]] == [False, True]
    assert told.status_code == 204
    assert "You have not looked at anything yet" in client.get("/recent/").text
    assert snapshot() == before


def test_a_member_tells_what_is_looked_at_and_can_have_it_forgotten(client: Client, user: User, goods: list[Product]) -> None:
    client.force_login(user)

    client.post("/recent/seen/", {"product": [str(goods[0].pk), "nonsense", str(goods[1].pk)]})
    assert [card.product_id for card in recent_cards(user, "en")] == [goods[0].pk, goods[1].pk]
    client.post("/recent/clear/")

    assert not RecentView.objects.exists()


def test_looking_at_a_product_writes_nothing_by_itself(client: Client, user: User, goods: list[Product]) -> None:
    client.force_login(user)

    text = client.get(f"/p/{goods[0].slug}/").text

    assert f'data-seen="{goods[0].pk}"' in text
    assert not RecentView.objects.exists()
    assert reads.KEPT == 50
