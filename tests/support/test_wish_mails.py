"""Mails about wish lists: once per occasion, never more than asked for, cheap however many wish."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog.events import WishedPricesFell
from catalog.models import Product, Variant, Wish
from catalog.services import wish_news, wishes
from catalog.services.cards import refresh_cards, set_in_stock
from catalog.services.variants import update_variant
from core.models import OutboxEvent
from core.outbox import relay
from support.models import Mail
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_product

pytestmark = pytest.mark.django_db


def cheaper(product: Product, minor: int) -> None:
    update_variant(variant_id=product.variants.get().pk, price_minor=minor)


def test_a_member_hears_once_that_a_price_fell() -> None:
    user, product = make_user(language="zh-hans"), make_product(price=2_000)
    wishes.add_wish(user=user, token=None, product_id=product.pk, at=NOW)

    cheaper(product, 1_500)
    drain()
    cheaper(product, 1_800)
    cheaper(product, 1_500)
    drain()

    mail = Mail.objects.get(kind="wish_price_fell")
    assert (mail.to, mail.language) == (user.email, "zh-hans")
    assert "15.00" in mail.text
    assert "20.00" in mail.text
    cheaper(product, 1_400)
    drain()
    assert Mail.objects.filter(kind="wish_price_fell").count() == 2


def test_a_dearer_price_and_a_cent_less_are_no_news() -> None:
    user, product = make_user(), make_product(price=2_000)
    wishes.add_wish(user=user, token=None, product_id=product.pk, at=NOW)

    cheaper(product, 2_500)
    cheaper(product, 1_999)
    drain()

    assert not Mail.objects.exists()


def test_guests_and_those_who_want_none_get_no_mail() -> None:
    quiet, product = make_user(), make_product(price=2_000)
    wishes.add_wish(user=None, token=None, product_id=product.pk, at=NOW)
    wish = wishes.add_wish(user=quiet, token=None, product_id=product.pk, at=NOW).wishes.get()
    wishes.set_quiet(user=quiet, wish_id=wish.pk, is_quiet=True)

    cheaper(product, 1_000)
    drain()

    assert not OutboxEvent.objects.filter(name="WishedPricesFell").exists()
    assert not Mail.objects.exists()


def test_the_link_in_the_mail_ends_mails_about_this_thing_without_signing_in(client: Client) -> None:
    user, product, other = make_user(), make_product(price=2_000), make_product(price=2_000)
    for wished in (product, other):
        wishes.add_wish(user=user, token=None, product_id=wished.pk, at=NOW)
    cheaper(product, 1_500)
    drain()
    link = re.search(r"/wishlist/off/\S+/", Mail.objects.get().text)
    assert link is not None

    asked = client.get(link[0])
    assert (asked.status_code, Wish.objects.get(product=product).is_quiet) == (200, False)
    done = client.post(link[0])

    assert done.status_code == 200
    assert [(wish.product_id == product.pk, wish.is_quiet) for wish in Wish.objects.order_by("created_at", "pk")].count((True, True)) == 1
    cheaper(product, 1_000)
    cheaper(other, 1_000)
    drain()
    assert [mail.subject for mail in Mail.objects.order_by("created_at")][1:] == [f"The price of {other.title} has fallen"]


@pytest.mark.parametrize("token", ["x", "0" * 32, "0" * 32 + "~signature"])
def test_a_forged_link_ends_nothing(client: Client, token: str) -> None:
    assert client.post(f"/wishlist/off/{token}/").status_code == 404


def test_many_prices_at_once_are_one_event_a_few_statements_and_one_mail_each(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    members, products = [make_user() for _ in range(3)], [make_product(price=2_000) for _ in range(12)]
    for user in members:
        for product in products:
            wishes.add_wish(user=user, token=None, product_id=product.pk, at=NOW)
    Variant.objects.update(price_minor=1_000)

    with django_assert_max_num_queries(18):
        refresh_cards([product.pk for product in products])

    assert OutboxEvent.objects.filter(name="WishedPricesFell").count() == 1
    with django_assert_max_num_queries(8):
        wish_news.take_price_news(product_ids=[product.pk for product in products])
    Wish.objects.update(told_minor=2_000)
    relay(now=timezone.now())
    assert sorted(Mail.objects.values_list("to", flat=True)) == sorted(user.email for user in members)
    assert Mail.objects.first().text.count("/wishlist/off/") == 12  # type: ignore[union-attr]


def test_more_members_than_fit_into_one_turn_are_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wish_news, "AT_ONCE", 2)
    product, members = make_product(price=2_000), [make_user() for _ in range(5)]
    for user in members:
        wishes.add_wish(user=user, token=None, product_id=product.pk, at=NOW)

    cheaper(product, 1_000)
    set_in_stock(product.pk, True)
    drain()

    assert Mail.objects.filter(kind="wish_price_fell").count() == 5
    assert Mail.objects.filter(kind="wish_back").count() == 5
    assert WishedPricesFell.__name__ in set(OutboxEvent.objects.values_list("name", flat=True))


def test_back_in_stock_is_told_at_most_once_a_day() -> None:
    user, product = make_user(), make_product()
    wishes.add_wish(user=user, token=None, product_id=product.pk, at=NOW)

    for _ in range(3):
        set_in_stock(product.pk, True)
        drain()
        set_in_stock(product.pk, False)

    assert Mail.objects.filter(kind="wish_back").count() == 1
    Wish.objects.update(back_told_at=timezone.now() - dt.timedelta(days=2))
    set_in_stock(product.pk, True)
    drain()
    assert Mail.objects.filter(kind="wish_back").count() == 2
