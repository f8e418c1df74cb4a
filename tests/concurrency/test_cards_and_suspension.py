"""A product is published while the operator suspends its merchant: whoever commits last, nothing of the merchant stays on sale."""

import threading
import uuid
from collections.abc import Callable, Iterable

import pytest
from django.db import connection, transaction

from catalog.models import ProductCard
from catalog.services import cards
from merchants.models import Merchant
from merchants.services import suspend_merchant
from tests.factories.catalog import NOW, make_product

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 0.7


def race(product_id: uuid.UUID, merchant_id: uuid.UUID) -> None:
    """One thread builds a first card and commits late; meanwhile another suspends the merchant and handles the event."""
    card_is_built, suspension_is_over = threading.Event(), threading.Event()

    def build() -> None:
        with transaction.atomic():
            cards.refresh_card(product_id)
            card_is_built.set()
            suspension_is_over.wait(PATIENCE)

    def suspend() -> None:
        card_is_built.wait(10)
        suspend_merchant(merchant_id=merchant_id, actor="operator:1", reason="", at=NOW)
        cards.follow_merchant(merchant_id)
        suspension_is_over.set()

    threads = [threading.Thread(target=closing, args=(work,)) for work in (build, suspend)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)


def closing(work: Callable[[], None]) -> None:
    try:
        work()
    finally:
        connection.close()


def product_without_card() -> tuple[uuid.UUID, uuid.UUID]:
    product = make_product()
    ProductCard.objects.all().delete()
    return product.pk, product.merchant_id


def test_a_suspension_waits_for_a_card_that_is_being_built_and_hides_it() -> None:
    product_id, merchant_id = product_without_card()

    race(product_id, merchant_id)

    assert Merchant.objects.get().status == "suspended"
    assert not ProductCard.objects.get(pk=product_id).is_visible


def test_without_holding_the_merchant_its_product_stays_on_sale(monkeypatch: pytest.MonkeyPatch) -> None:
    def merely_read(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Merchant]:
        return Merchant.objects.in_bulk(ids)

    monkeypatch.setattr(cards, "_hold_merchants", merely_read)
    product_id, merchant_id = product_without_card()

    race(product_id, merchant_id)

    assert Merchant.objects.get().status == "suspended"
    assert ProductCard.objects.get(pk=product_id).is_visible
