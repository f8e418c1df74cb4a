"""Two hundred guests want fifty pieces at the same moment, over HTTP, against the real gunicorn."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from benchmarks.purchases import BUYER, Browser, hidden_fields
from catalog.models import Product
from core import invariants
from logistics.errors import OutOfStock
from logistics.models import Reservation, Stock
from logistics.services import ReservationLine
from orders.models import Checkout
from tests.factories.catalog import make_product
from tests.factories.logistics import make_stock

GUESTS = 200
PIECES = 50


def make_lamp(pieces: int) -> Product:
    """A published product of one variant with so many pieces on the shelf."""
    product = make_product(title="Lantern", published=True)
    make_stock(pieces, variant=product.variants.get())
    return product


def in_parallel(count: int, work: Callable[[int], None]) -> None:
    """Run `work` in that many threads and wait for all; an exception in one fails the test."""
    errors: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            work(number)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def sell_out(address: str, product: Product, guests: int) -> list[tuple[int, str]]:
    """Every guest fills a cart and the checkout form; then all submit at once. Status and body of each answer."""
    browsers = [Browser(address) for _ in range(guests)]
    forms: list[dict[str, str]] = [{} for _ in range(guests)]
    answers: list[tuple[int, str]] = [(0, "")] * guests
    variant = str(product.variants.get().pk)
    together = threading.Barrier(guests)

    def fill_in(number: int) -> None:
        _, body, _ = browsers[number].follow("GET", f"/p/{product.slug}/")
        browsers[number].follow("POST", "/cart/add/", {**hidden_fields(body, "/cart/add/"), "variant": variant, "quantity": "1"})
        _, body, _ = browsers[number].follow("GET", "/checkout/")
        forms[number] = {**hidden_fields(body, "/checkout/"), **BUYER, "email": f"guest{number}@example.com"}

    def place(number: int) -> None:
        together.wait()
        status, body, _ = browsers[number].follow("POST", "/checkout/", forms[number])
        answers[number] = (status, body)

    for start in range(0, guests, 20):
        in_parallel(min(20, guests - start), lambda number, start=start: fill_in(start + number))  # type: ignore[misc]
    in_parallel(guests, place)
    return answers


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_fifty_of_two_hundred_guests_get_one_and_the_others_are_told(shop_server: str) -> None:
    """STK01."""
    answers = sell_out(shop_server, make_lamp(PIECES), GUESTS)

    assert Counter(status for status, _ in answers) == {200: PIECES, 409: GUESTS - PIECES}
    assert all("sold out" in body.lower() for status, body in answers if status == 409)
    assert Checkout.objects.count() == PIECES
    assert Reservation.objects.filter(status="held").count() == PIECES
    assert list(Stock.objects.values_list("on_hand", "reserved")) == [(PIECES, PIECES)]
    assert invariants.violations() == {}


def reserve_by_reading_first(
    *, reference: UUID, lines: Sequence[ReservationLine], expires_at: dt.datetime, at: dt.datetime, **_: Any
) -> list[Reservation]:
    """What other shops do: read the counter, decide, write it back."""
    held = []
    for ordinal, line in enumerate(lines):
        stock = Stock.objects.get(variant_id=line.variant_id)
        if stock.available < line.quantity:
            raise OutOfStock(variant_id=line.variant_id, available=stock.available)
        threading.Event().wait(0.05)
        Stock.objects.filter(pk=stock.pk).update(reserved=stock.reserved + line.quantity)
        wanted = {"group": line.group, "quantity": line.quantity, "expires_at": expires_at, "ordinal": ordinal}
        held.append(Reservation.objects.create(merchant_id=line.merchant_id, stock=stock, reference=reference, **wanted))
    return held


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_control_reading_before_writing_sells_what_is_not_there(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logistics.services.reserve", reserve_by_reading_first)

    sell_out(live_server.url, make_lamp(3), 20)

    assert Checkout.objects.count() > 3
    assert invariants.violations() != {}
