"""Quotes that are accepted, withdrawn and run out at the same moment, and price lists that change while somebody buys."""

from __future__ import annotations

import datetime as dt
import threading
import time
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.errors import LastAdministrator
from accounts.models import User
from accounts.services.companies import accept_invitation, invite_colleague, leave_company
from catalog.models import PriceList, Variant
from catalog.rules.quantities import Tier
from catalog.selectors import trade
from catalog.services.price_lists import NewRow, set_rows
from core.ids import uuid7
from orders.errors import PriceChanged
from orders.models import Cart, CartLine, Checkout, OrderLine, Quote
from orders.selectors import cart_view
from orders.services import quotes
from orders.services import trade as bought
from orders.services.carts import add_to_cart
from orders.services.checkout import place_order
from tests.concurrency.orders_rig import race
from tests.concurrency.racing import at_once, refusals, successes
from tests.factories.accounts import make_user
from tests.factories.companies import administrator_of, give_list, make_colleague, make_company, make_price_list, trader_for
from tests.factories.orders import make_buyer, make_goods, place
from tests.orders.test_quotes import accepted, offered, status

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.timedelta(days=1)
ROUNDS = 5


@pytest.fixture
def goods() -> Variant:
    return make_goods(price=1_000, stock=500)


def placing(cart: Cart, user: User, total: int, **buyer: Any) -> Any:
    who = make_buyer(user, **buyer)
    call = {"cart_id": cart.pk, "buyer": who, "points": 0, "expected_total_minor": total, "at": timezone.now()}
    return lambda: place_order(key=uuid7(), **call)


def test_two_acceptances_of_one_quote_at_once_are_one_line_and_one_order(goods: Variant) -> None:
    for _ in range(ROUNDS):
        shopper = make_user()
        quote = offered(shopper, goods, unit=700)

        outcomes = at_once([partial(quotes.accept_quote, quote_id=quote.pk, user=shopper, at=timezone.now())] * 4)

        assert refusals(outcomes) == []
        assert CartLine.objects.filter(quote=quote).count() == 1
        cart = Cart.objects.get(user=shopper)
        total = cart_view(cart).total_minor
        orders = at_once([placing(cart, shopper, total)] * 4)
        assert len(successes(orders)) == 1
        assert Checkout.objects.filter(user=shopper).count() == 1
        quote.refresh_from_db()
        assert (quote.status, quote.checkout) == ("ordered", successes(orders)[0])


def test_acceptance_against_giving_up_has_one_outcome(goods: Variant) -> None:
    seen = set()
    for _ in range(ROUNDS):
        shopper = make_user()
        quote = offered(shopper, goods)

        race(
            partial(quotes.accept_quote, quote_id=quote.pk, user=shopper, at=timezone.now()),
            partial(quotes.give_up_quote, quote_id=quote.pk, user=shopper, at=timezone.now()),
        )

        # Whoever agreed first could still give up; whoever gave up first could not agree any more.
        assert status(quote) == "declined"
        assert not CartLine.objects.filter(quote=quote).exists()
        seen.add(status(quote))
    assert seen == {"declined"}


def test_acceptance_against_its_last_moment_has_one_outcome(goods: Variant) -> None:
    for _ in range(ROUNDS):
        shopper = make_user()
        quote = offered(shopper, goods)
        last = timezone.now() + DAY
        Quote.objects.filter(pk=quote.pk).update(due_at=last)

        accepting, _ended = race(
            partial(quotes.accept_quote, quote_id=quote.pk, user=shopper, at=last - dt.timedelta(seconds=1)),
            partial(quotes.expire_quotes, at=last),
        )

        quote.refresh_from_db()
        lies_in_cart = CartLine.objects.filter(quote=quote).exists()
        assert (quote.status, lies_in_cart) in {("expired", False), ("accepted", True)}
        if quote.status == "accepted":  # it was locked when the sweep came by: the next one ends it
            assert not isinstance(accepting, Exception)
            quotes.expire_quotes(at=last)
            quote.refresh_from_db()
        assert (quote.status, CartLine.objects.filter(quote=quote).exists()) == ("expired", False)


def test_placing_against_giving_up_has_one_outcome(goods: Variant) -> None:
    for _ in range(ROUNDS):
        shopper = make_user()
        quote, cart = accepted(shopper, goods)
        total = cart_view(cart).total_minor

        placed, _given = race(
            placing(cart, shopper, total), partial(quotes.give_up_quote, quote_id=quote.pk, user=shopper, at=timezone.now())
        )

        is_ordered = Checkout.objects.filter(user=shopper).exists()
        assert status(quote) == ("ordered" if is_ordered else "declined")
        assert is_ordered is not isinstance(placed, Exception)


class Held:
    """Stops the first thread that comes by until another has had its chance."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.arrived, self.go_on = threading.Event(), threading.Event()
        original: Any = vars(bought)["hold_lists"]

        def hold(trader: trade.Trader) -> None:
            original(trader)
            self.arrived.set()
            self.go_on.wait(20)

        monkeypatch.setattr(bought, "hold_lists", hold)


def _run(step: Any, results: list[Any]) -> threading.Thread:
    def run() -> None:
        try:
            results.append(step())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def _listed(goods: Variant) -> tuple[PriceList, User, Cart, int, Any]:
    company = make_company()
    price_list = make_price_list(goods, (1, 800))
    give_list(company, price_list)
    user, trader = make_colleague(company), trader_for(company)
    cart = add_to_cart(user=user, token=None, variant_id=goods.pk, quantity=2, at=timezone.now(), trader=trader)
    return price_list, user, cart, cart_view(cart, trader=trader).total_minor, company


def test_a_list_does_not_change_under_whoever_is_placing(goods: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    price_list, user, cart, total, company = _listed(goods)
    held, placed, changed = Held(monkeypatch), [], []  # type: ignore[var-annotated]
    step = placing(cart, user, total, company_id=company.pk)

    buying = _run(step, placed)
    assert held.arrived.wait(20)
    changing = _run(lambda: set_rows(price_list_id=price_list.pk, rows=[NewRow(goods.sku, [Tier(1, 850)])]), changed)
    time.sleep(0.3)
    waited = not changed
    held.go_on.set()
    buying.join(30)
    changing.join(30)

    assert waited, "the change must wait until the purchase is written"
    assert isinstance(placed[0], Checkout)
    line = OrderLine.objects.get()
    assert (line.price_minor, line.price_list_version) == (800, price_list.version)
    assert PriceList.objects.get().version == price_list.version + 1


def test_without_holding_the_list_it_changes_meanwhile(goods: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    price_list, user, cart, total, company = _listed(goods)
    monkeypatch.setattr(bought, "hold_lists", lambda trader: None)
    held, placed, changed = Held(monkeypatch), [], []  # type: ignore[var-annotated]

    buying = _run(placing(cart, user, total, company_id=company.pk), placed)
    assert held.arrived.wait(20)
    changing = _run(lambda: set_rows(price_list_id=price_list.pk, rows=[NewRow(goods.sku, [Tier(1, 850)])]), changed)
    changing.join(30)
    held.go_on.set()
    buying.join(30)

    assert isinstance(changed[0], PriceList)
    assert isinstance(placed[0], PriceChanged)


def test_buying_while_the_list_changes_is_the_seen_price_or_a_refusal(goods: Variant) -> None:
    for number in range(ROUNDS):
        price_list, user, cart, total, company = _listed(goods)

        placed, _changed = race(
            placing(cart, user, total, company_id=company.pk),
            partial(set_rows, price_list_id=price_list.pk, rows=[NewRow(goods.sku, [Tier(1, 700 + number)])]),
        )

        if isinstance(placed, PriceChanged):
            assert not Checkout.objects.filter(user=user).exists()
        else:
            line = OrderLine.objects.get(order__checkout=placed)
            assert (line.price_minor, line.price_list_version) == (800, price_list.version)


def test_two_administrators_who_leave_at_once_do_not_leave_the_company_alone() -> None:
    for _ in range(ROUNDS):
        company = make_company()
        people = [administrator_of(company), make_colleague(company, "administrator")]

        outcomes = at_once([partial(leave_company, user=user) for user in people])

        assert [type(refusal) for refusal in refusals(outcomes)] == [LastAdministrator]
        assert company.members.count() == 1


def test_an_invitation_is_used_once_however_often_it_is_pressed() -> None:
    company, user = make_company(), make_user()
    invitation = invite_colleague(user=administrator_of(company), email=user.email, role="buyer", language="en", at=timezone.now())

    outcomes = at_once([partial(accept_invitation, invitation_id=invitation.pk, user=User.objects.get(pk=user.pk)) for _ in range(4)])

    assert len(successes(outcomes)) == 1
    assert company.members.count() == 2


def test_placing_twice_at_once_for_a_company_is_one_purchase(goods: Variant) -> None:
    _list, user, cart, total, company = _listed(goods)
    key = uuid7()

    outcomes = at_once(
        [partial(place, cart, user=user, key=key, expected_total_minor=total, buyer=make_buyer(user, company_id=company.pk))] * 4
    )

    assert {outcome.pk for outcome in outcomes} == {key}
    with transaction.atomic():
        assert OrderLine.objects.filter(order__checkout=key).count() == 1
