"""A member asks for a price, a merchant offers one, and what is agreed is good for one purchase."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.models import Variant
from catalog.services.variants import update_variant
from core import outbox
from core.states import IllegalTransition
from orders.errors import NotInCurrency, QuoteFixed, QuoteInvalid, QuoteNotFound, QuoteNotUsable, TooManyQuotes, VariantUnavailable
from orders.models import Cart, CartLine, Checkout, OrderLine, Quote
from orders.selectors import cart_view
from orders.services import expiry, quotes
from orders.services.carts import add_to_cart, merge_carts, set_quantity
from support.models import Mail
from tests.factories.accounts import make_user
from tests.factories.exchange import into, make_rates
from tests.factories.orders import make_cart, make_goods, place

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def shopper() -> User:
    return make_user()


@pytest.fixture
def goods() -> Variant:
    return make_goods(price=1_000, stock=500)


def asked(shopper: User, goods: Variant, quantity: object = 50) -> Quote:
    return quotes.ask_for_quote(user=shopper, variant_id=goods.pk, quantity=quantity, message="For a fair", at=timezone.now())


def offered(shopper: User, goods: Variant, *, unit: int = 700, until: dt.datetime | None = None) -> Quote:
    quote, now = asked(shopper, goods), timezone.now()
    return quotes.offer_quote(quote_id=quote.pk, unit_minor=unit, valid_until=until or now + DAY, note="Gladly", actor="merchant:x", at=now)


def accepted(shopper: User, goods: Variant) -> tuple[Quote, Cart]:
    quote = offered(shopper, goods)
    return quote, quotes.accept_quote(quote_id=quote.pk, user=shopper, at=timezone.now())


def status(quote: Quote) -> str:
    return str(Quote.objects.values_list("status", flat=True).get(pk=quote.pk))


def test_what_is_agreed_is_bought_at_that_price(shopper: User, goods: Variant) -> None:
    quote, cart = accepted(shopper, goods)
    update_variant(variant_id=goods.pk, price_minor=9_000)

    line = cart_view(cart).parcels[0].lines[0]
    checkout = place(cart, user=shopper)

    assert (line.price_minor, line.quantity, line.total_minor, line.is_price_changed, line.problem) == (700, 50, 35_000, False, "")
    bought = OrderLine.objects.get()
    assert (bought.price_minor, bought.quantity, bought.total_minor) == (700, 50, 35_000)
    assert checkout.goods_minor == 35_000
    quote.refresh_from_db()
    assert (quote.status, quote.checkout) == ("ordered", checkout)


def test_it_is_good_once(shopper: User, goods: Variant) -> None:
    quote, cart = accepted(shopper, goods)
    place(cart, user=shopper)

    with pytest.raises(IllegalTransition):
        quotes.accept_quote(quote_id=quote.pk, user=shopper, at=timezone.now())

    assert not CartLine.objects.exists()


def test_a_purchase_nobody_paid_has_used_nothing(shopper: User, goods: Variant) -> None:
    quote, cart = accepted(shopper, goods)
    checkout = place(cart, user=shopper)

    expiry.expire_unpaid(at=checkout.expires_at)

    quote.refresh_from_db()
    assert (quote.status, quote.checkout_id) == ("accepted", None)
    again = quotes.accept_quote(quote_id=quote.pk, user=shopper, at=timezone.now())
    assert cart_view(again).goods_minor == 35_000


def test_after_its_day_it_is_refused_when_placing_and_nothing_is_bought(shopper: User, goods: Variant) -> None:
    quote, cart = accepted(shopper, goods)
    Quote.objects.filter(pk=quote.pk).update(due_at=timezone.now() - DAY)

    with pytest.raises(QuoteNotUsable):
        place(cart, user=shopper)

    assert not Checkout.objects.exists()
    assert status(quote) == "accepted"
    assert quotes.expire_quotes(at=timezone.now()) == 1
    assert status(quote) == "expired"
    assert not CartLine.objects.exists()
    assert quotes.expire_quotes(at=timezone.now()) == 0


def test_its_pieces_cannot_be_changed_and_others_are_a_line_of_their_own(shopper: User, goods: Variant) -> None:
    _quote, cart = accepted(shopper, goods)

    add_to_cart(user=shopper, token=None, variant_id=goods.pk, quantity=2, at=timezone.now())

    view = cart_view(cart)
    agreed, own = sorted(view.parcels[0].lines, key=lambda line: -line.quantity)
    assert (agreed.price_minor, own.price_minor, own.quantity) == (700, 1_000, 2)
    with pytest.raises(QuoteFixed):
        set_quantity(cart=cart, line_id=agreed.line_id, quantity=10)
    assert cart_view(cart) == view
    place(cart, user=shopper)
    assert sorted(OrderLine.objects.values_list("price_minor", "quantity")) == [(700, 50), (1_000, 2)]


def test_a_guests_cart_does_not_mix_with_it(shopper: User, goods: Variant) -> None:
    _quote, cart = accepted(shopper, goods)
    guest = make_cart(goods, quantity=3)

    merge_carts(token=guest.token or "", user=shopper)

    assert sorted(CartLine.objects.filter(cart=cart).values_list("quantity", "agreed_minor")) == [(3, None), (50, 700)]


def test_another_person_cannot_use_it(shopper: User, goods: Variant) -> None:
    quote = offered(shopper, goods)
    stranger = make_user()

    with pytest.raises(QuoteNotFound):
        quotes.accept_quote(quote_id=quote.pk, user=stranger, at=timezone.now())
    with pytest.raises(QuoteNotFound):
        quotes.give_up_quote(quote_id=quote.pk, user=stranger, at=timezone.now())

    assert status(quote) == "offered"
    cart = make_cart(goods, user=stranger, quantity=50)
    CartLine.objects.filter(cart=cart).update(quote=quote, agreed_minor=700, seen_minor=700)
    with pytest.raises(QuoteNotUsable):
        place(cart, user=stranger)
    assert not Checkout.objects.exists()


def test_a_price_in_the_cart_that_is_not_the_agreed_one_is_refused(shopper: User, goods: Variant) -> None:
    _quote, cart = accepted(shopper, goods)
    CartLine.objects.update(agreed_minor=1, seen_minor=1)

    with pytest.raises(QuoteNotUsable):
        place(cart, user=shopper)

    assert not Checkout.objects.exists()


def test_it_is_paid_in_the_currency_it_was_agreed_in(shopper: User, goods: Variant) -> None:
    make_rates()
    _quote, cart = accepted(shopper, goods)

    view = cart_view(cart, conversion=into("JPY"))

    assert view.parcels[0].lines[0].problem == "not_in_currency"
    with pytest.raises(NotInCurrency):
        place(cart, user=shopper, conversion=into("JPY"), expected_total_minor=0)
    assert not Checkout.objects.exists()


def test_giving_up_takes_it_out_of_the_cart(shopper: User, goods: Variant) -> None:
    quote, _cart = accepted(shopper, goods)

    quotes.give_up_quote(quote_id=quote.pk, user=shopper, at=timezone.now())

    assert status(quote) == "declined"
    assert not CartLine.objects.exists()


@pytest.mark.parametrize("answer", [{"unit_minor": 0}, {"unit_minor": 10**13}, {"valid_until": -DAY}, {"valid_until": 400 * DAY}])
def test_offers_that_make_no_sense_are_refused(shopper: User, goods: Variant, answer: dict[str, Any]) -> None:
    quote, now = asked(shopper, goods), timezone.now()
    offer = {"unit_minor": 700, "valid_until": now + DAY, **answer}
    if isinstance(offer["valid_until"], dt.timedelta):
        offer["valid_until"] += now

    with pytest.raises(QuoteInvalid):
        quotes.offer_quote(quote_id=quote.pk, note="", actor="merchant:x", at=now, **offer)

    assert status(quote) == "requested"


def test_only_what_is_on_sale_can_be_asked_for_and_not_without_end(shopper: User, goods: Variant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotes, "MOST_OPEN", 1)
    asked(shopper, goods)

    with pytest.raises(TooManyQuotes):
        asked(shopper, goods)
    with pytest.raises(VariantUnavailable):
        asked(make_user(), make_goods(published=False))

    assert Quote.objects.count() == 1


def test_both_sides_get_mails(shopper: User, goods: Variant) -> None:
    quote = asked(shopper, goods)
    outbox.relay(now=timezone.now())
    now = timezone.now()
    quotes.offer_quote(quote_id=quote.pk, unit_minor=700, valid_until=now + DAY, note="Gladly", actor="merchant:x", at=now)
    outbox.relay(now=timezone.now())
    quotes.accept_quote(quote_id=quote.pk, user=shopper, at=now)
    outbox.relay(now=timezone.now())

    kinds = dict(Mail.objects.values_list("kind", "to"))
    assert kinds["quote_offered"] == shopper.email
    assert {"quote_requested", "quote_accepted"} <= kinds.keys()
    assert "$7.00" in Mail.objects.get(kind="quote_offered").text
