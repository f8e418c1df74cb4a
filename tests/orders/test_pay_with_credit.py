"""Purchases that gift cards and store credit pay, in part or whole, and every way in which it comes back."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError
from core.ids import uuid7
from core.invariants import violations
from logistics.models import Reservation
from merchants.models import Merchant
from orders.errors import CreditExceedsTotal, PriceChanged
from orders.models import Checkout
from orders.services import cancellation, cash, expiry, fulfilment, payment, refunds
from orders.services.credits import CreditWish
from payments.errors import GiftCardBlocked, GiftCardExpired, InsufficientCredit
from payments.models import CreditUse, EscrowHold, GiftCard, PaymentAttempt, Refund
from payments.selectors.credit import credit_balance
from payments.services import attempts, gift_cards
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.credit import expired_card, give_credit, make_card
from tests.factories.loyalty import make_lot
from tests.factories.orders import make_cart, make_goods, make_seller, place
from tests.factories.payments import answer
from tests.walkthrough import RETURN_URL, pay

pytestmark = pytest.mark.django_db
now = timezone.now


@pytest.fixture
def user() -> User:
    member = make_user()
    give_credit(member, 6_000)
    return member


def buy(user: User | None, *wishes: CreditWish, **overrides: Any) -> Checkout:
    """Goods of two sellers for 50.00 with shipping."""
    cart = make_cart(make_goods(price=2_000), make_goods(price=2_000), user=user)
    return place(cart, user=user, credit=wishes, **overrides)


def card_balance(card: GiftCard) -> int:
    return gift_cards.view_of(card).balance_minor


def test_credit_pays_a_part_and_the_provider_collects_the_rest(user: User) -> None:
    checkout = buy(user, CreditWish(1_500))

    attempt = payment.start_payment(checkout=checkout, gateway="sandbox", return_url=RETURN_URL, at=now())

    assert (checkout.total_minor, checkout.credit_minor, attempt.amount_minor) == (5_000, 1_500, 3_500)
    assert credit_balance(user.pk, "USD") == 4_500
    answer(attempt, "approve")
    drain()
    checkout.refresh_from_db()
    assert checkout.status == "paid"
    assert sum(EscrowHold.objects.values_list("amount_minor", flat=True)) == 5_000
    assert violations() == {}


def test_where_credit_pays_everything_the_purchase_is_paid_at_once_without_a_provider(user: User) -> None:
    checkout = buy(user, CreditWish(5_000))

    checkout.refresh_from_db()
    assert (checkout.status, checkout.due_minor) == ("paid", 0)
    assert {row.status for row in Reservation.objects.all()} == {"committed"}
    assert not PaymentAttempt.objects.exists()
    drain()
    assert violations() == {}


def test_a_gift_card_and_store_credit_pay_together(user: User) -> None:
    card, _code = make_card(2_000)

    checkout = buy(user, CreditWish(2_000, card.pk), CreditWish(3_000))

    assert checkout.status == "paid"
    assert (card_balance(card), credit_balance(user.pk, "USD")) == (0, 3_000)
    assert violations() == {}


def test_a_guest_pays_with_a_gift_card() -> None:
    card, _code = make_card(8_000)

    checkout = buy(None, CreditWish(5_000, card.pk))

    assert (checkout.status, card_balance(card)) == ("paid", 3_000)


def test_a_guest_has_no_store_credit() -> None:
    with pytest.raises(InsufficientCredit):
        buy(None, CreditWish(100))

    assert not Checkout.objects.exists()


def test_placing_again_with_the_same_key_spends_once(user: User) -> None:
    cart, key = make_cart(make_goods(price=2_000), user=user), uuid7()
    first = place(cart, user=user, key=key, credit=[CreditWish(1_000)])

    second = place(cart, user=user, key=key, credit=[CreditWish(1_000)], expected_total_minor=first.total_minor)

    assert first == second
    assert credit_balance(user.pk, "USD") == 5_000


@pytest.mark.parametrize("amount", [0, -1, 5_001])
def test_more_than_there_is_to_pay_or_nothing_is_refused_and_nothing_is_taken(user: User, amount: int) -> None:
    with pytest.raises(CreditExceedsTotal):
        buy(user, CreditWish(amount))

    assert credit_balance(user.pk, "USD") == 6_000
    assert not Checkout.objects.exists()


def test_credit_that_is_not_there_any_more_refuses_the_whole_order(user: User) -> None:
    give_credit(user, -5_000)

    with pytest.raises(InsufficientCredit):
        buy(user, CreditWish(1_001))

    assert credit_balance(user.pk, "USD") == 1_000
    assert not Reservation.objects.exists()


def test_a_changed_total_is_refused_before_credit_is_touched(user: User) -> None:
    with pytest.raises(PriceChanged):
        buy(user, CreditWish(5_000), expected_total_minor=4_999)

    assert credit_balance(user.pk, "USD") == 6_000


def test_expired_and_blocked_cards_refuse_the_order() -> None:
    card, _code = expired_card()
    with pytest.raises(GiftCardExpired):
        buy(None, CreditWish(100, card.pk))

    card, _code = make_card()
    gift_cards.set_blocked(card_id=card.pk, blocked=True, actor="operator:x", reason="x", at=now())
    with pytest.raises(GiftCardBlocked):
        buy(None, CreditWish(100, card.pk))

    assert not Checkout.objects.exists()


def expire(checkout: Checkout) -> None:
    for _ in range(2):
        expiry.expire_unpaid(at=checkout.expires_at)


def cancel_unpaid(checkout: Checkout) -> None:
    for _ in range(2):
        cancellation.cancel_checkout(checkout_id=checkout.pk, actor="shopper:x", at=now())


def decline_then_expire(checkout: Checkout) -> None:
    pay(checkout, decision="decline")
    expire(checkout)


def pay_and_cancel(checkout: Checkout) -> None:
    pay(checkout)
    for order in checkout.orders.all():
        for _ in range(2):
            cancellation.cancel_order(order_id=order.pk, actor="operator:x", reason="", at=now())


def pay_ship_and_refund(checkout: Checkout) -> None:
    pay(checkout)
    for order in checkout.orders.all():
        fulfilment.ship_order(order_id=order.pk, carrier="SF", tracking_number=order.number, actor="merchant:x", at=now())
        for _ in range(2):
            refunds.refund_order(order_id=order.pk, actor="operator:x", reason="", at=now())


def pay_too_late(checkout: Checkout) -> None:
    attempt = payment.start_payment(checkout=checkout, gateway="sandbox", return_url=RETURN_URL, at=now())
    answer(attempt, "lose")
    expire(checkout)
    attempts.refresh_attempt(attempt_id=attempt.pk, at=now())


def cash_and_cancel(checkout: Checkout) -> None:
    Merchant.objects.update(cash_on_delivery=True)
    cash.confirm_cash(checkout_id=checkout.pk, actor="shopper:x", at=now())
    for order in checkout.orders.all():
        cancellation.cancel_order(order_id=order.pk, actor="operator:x", reason="", at=now())


def cash_and_refuse(checkout: Checkout) -> None:
    Merchant.objects.update(cash_on_delivery=True)
    cash.confirm_cash(checkout_id=checkout.pk, actor="shopper:x", at=now())
    for order in checkout.orders.all():
        fulfilment.ship_order(order_id=order.pk, carrier="SF", tracking_number=order.number, actor="merchant:x", at=now())
        cash.refuse_at_door(order_id=order.pk, actor="merchant:x", reason="", at=now())


EXITS = [expire, cancel_unpaid, decline_then_expire, pay_and_cancel, pay_ship_and_refund, pay_too_late, cash_and_cancel, cash_and_refuse]


@pytest.mark.parametrize("leave", EXITS)
def test_on_every_way_out_credit_comes_back_once_to_where_it_came_from(user: User, leave: Any) -> None:
    """PRM05."""
    card, _code = make_card(1_000)
    checkout = buy(user, CreditWish(1_000, card.pk), CreditWish(1_500))

    leave(checkout)
    drain()

    assert (card_balance(card), credit_balance(user.pk, "USD")) == (1_000, 6_000)
    assert all(use.amount_minor == use.returned_minor for use in CreditUse.objects.all())
    assert sum(Refund.objects.values_list("amount_minor", flat=True)) in {0, 2_500}
    assert violations() == {}


def test_a_refund_gives_cash_back_before_credit(user: User) -> None:
    checkout = buy(user, CreditWish(1_500))
    pay(checkout)
    first, second = checkout.orders.order_by("number")

    cancellation.cancel_order(order_id=first.pk, actor="operator:x", reason="", at=now())
    after_first = (sum(Refund.objects.values_list("amount_minor", flat=True)), credit_balance(user.pk, "USD"))
    cancellation.cancel_order(order_id=second.pk, actor="operator:x", reason="", at=now())
    drain()

    assert after_first == (2_500, 4_500)
    assert (sum(Refund.objects.values_list("amount_minor", flat=True)), credit_balance(user.pk, "USD")) == (3_500, 6_000)
    assert violations() == {}


def test_points_credit_and_a_card_pay_one_order_together(user: User) -> None:
    make_lot(500, user=user)
    card, _code = make_card(1_000)

    checkout = buy(user, CreditWish(1_000, card.pk), CreditWish(2_000), points=500)
    pay(checkout)
    drain()

    checkout.refresh_from_db()
    assert (checkout.total_minor, checkout.due_minor, checkout.status) == (4_500, 1_500, "paid")
    assert violations() == {}


def test_cash_on_delivery_collects_what_credit_leaves(user: User) -> None:
    sellers = [make_seller(), make_seller()]
    Merchant.objects.update(cash_on_delivery=True)
    cart = make_cart(*[make_goods(merchant=seller, price=2_000) for seller in sellers], user=user)
    checkout = place(cart, user=user, credit=[CreditWish(1_001)])

    cash.confirm_cash(checkout_id=checkout.pk, actor="shopper:x", at=now())

    assert sum(EscrowHold.objects.values_list("amount_minor", flat=True)) == 1_001
    assert violations() == {}


def test_a_card_of_a_member_is_refused_where_it_was_never_seen() -> None:
    with pytest.raises(DomainError):
        buy(None, CreditWish(100, uuid7()))
