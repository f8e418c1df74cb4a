"""Gift cards and store credit as shoppers meet them: buying, checking, loading, paying."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.ids import uuid7
from orders.models import Checkout
from payments.gift_codes import in_groups, new_code
from payments.models import GiftCard, GiftCardPurchase, Refund
from payments.selectors.credit import credit_balance
from payments.services import gift_cards
from support.models import Mail
from tests.drain import drain
from tests.factories.accounts import make_address, make_user
from tests.factories.credit import expired_card, give_credit, make_card
from tests.factories.orders import make_cart, make_goods
from tests.storefront.conftest import ADDRESS

BUY = {"value": "5000", "recipient": "friend@example.com", "giver": "Li Na", "message": "Happy birthday", "email": "giver@example.com"}


@pytest.fixture
def user(db: None) -> User:
    return make_user()


@pytest.fixture
def member(client: Client, user: User) -> Client:
    """A member with 60.00 of store credit, an address and goods for 25.00 in the cart."""
    give_credit(user, 6_000)
    make_address(user)
    make_cart(make_goods(price=2_000), user=user)
    client.force_login(user)
    return client


def form_of(answer: Any, **extra: Any) -> dict[str, Any]:
    """The checkout form as the page that answered would send it."""
    summary = answer.context["summary"]
    seen = {"seen_total": summary.whole_minor, "seen_due": summary.due_minor, "seen_currency": summary.cart.currency}
    return {**ADDRESS, "key": str(uuid7()), **seen, **extra}


def recount(client: Client, **ticked: str) -> Any:
    return client.post("/checkout/", {**ADDRESS, "apply": "totals", **ticked}, headers={"HX-Request": "true"})


@pytest.fixture
def paid(client: Client, db: None) -> GiftCardPurchase:
    bank = client.post("/gift-cards/", BUY)["Location"]
    client.post(bank, {"decision": "approve"}, follow=True)
    drain()
    return GiftCardPurchase.objects.get()


def test_a_card_is_bought_and_mailed_and_the_buyer_sees_where_it_is(client: Client, paid: GiftCardPurchase) -> None:
    page = client.get(f"/gift-cards/{paid.token}/").text

    assert 'data-status="paid"' in page
    assert "friend@example.com" in page
    assert Mail.objects.get(kind="gift_card").to == "friend@example.com"
    assert re.search(r"([0-9A-Z]{5}-){3}", page) is None, "the buyer's page never shows the code"


def test_an_unused_card_is_given_back(client: Client, paid: GiftCardPurchase) -> None:
    client.post(f"/gift-cards/{paid.token}/give-back/")

    paid.refresh_from_db()
    assert (paid.status, Refund.objects.get().amount_minor) == ("refunded", 5_000)
    assert "was given back" in client.get(f"/gift-cards/{paid.token}/").text


def test_a_used_card_is_not_given_back_and_says_why(client: Client, paid: GiftCardPurchase) -> None:
    gift_cards.load(card_id=paid.card.pk, user_id=make_user().pk, at=paid.created_at)

    answer = client.post(f"/gift-cards/{paid.token}/give-back/")

    assert answer.status_code == 409
    assert "cannot be given back" in answer.text


def test_a_declined_payment_can_be_tried_again(client: Client, db: None) -> None:
    bank = client.post("/gift-cards/", BUY)["Location"]
    client.post(bank, {"decision": "decline"}, follow=True)
    token = GiftCardPurchase.objects.get().token

    page = client.get(f"/gift-cards/{token}/").text
    again = client.post(f"/gift-cards/{token}/")

    assert "declined" in page
    assert again["Location"].startswith("/sandbox/")
    assert again["Location"] != bank


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("value", "1"),
        ("value", "-5"),
        ("value", "5e3"),
        ("recipient", "nobody"),
        ("recipient", "a\x00@b.de"),
        ("email", ""),
        ("message", "x" * 501),
    ],
)
def test_a_wrong_field_sells_nothing(client: Client, db: None, field: str, value: str) -> None:
    answer = client.post("/gift-cards/", {**BUY, field: value})

    assert answer.status_code == 422
    assert not GiftCardPurchase.objects.exists()


def test_a_strangers_card_is_not_found(client: Client, db: None) -> None:
    for path in ("/gift-cards/nobody/", "/gift-cards/nobody/return/", f"/gift-cards/{'x' * 60}/"):
        assert client.get(path).status_code == 404


def test_the_balance_of_a_code_is_shown(client: Client, db: None) -> None:
    _card, code = make_card(4_200)

    assert 'data-testid="card-balance">$42.00<' in client.post("/gift-cards/balance/", {"code": code.lower()}).text


def test_wrong_codes_and_right_ones_after_too_many_have_the_same_answer(client: Client, db: None) -> None:
    _card, code = make_card()
    wrong = [in_groups(new_code()) for _ in range(6)]

    answers = [(client.post("/gift-cards/balance/", {"code": guess}), guess) for guess in [*wrong, code]]

    told = {(answer.status_code, re.sub(r"value=\"[^\"]*\"", "", answer.text)) for answer, _guess in answers}
    assert len(told) == 1
    assert next(iter(told))[0] == 400


def test_an_expired_card_says_so(client: Client, db: None) -> None:
    _card, code = expired_card()

    assert "expired on" in client.post("/gift-cards/balance/", {"code": code}).text


def test_a_card_that_cannot_pay_this_order_is_refused_when_its_code_is_entered(member: Client) -> None:
    _yuan, of_another_currency = make_card(currency="CNY")
    card, empty = make_card(1_500)
    gift_cards.load(card_id=card.pk, user_id=make_user(email="other@example.com").pk, at=timezone.now())

    for code, reason in ((of_another_currency, "in another currency"), (empty, "Nothing is left on this gift card.")):
        answer = member.post("/checkout/", {"apply": "gift_card", "gift_card": code})
        assert answer.status_code == 409
        assert reason in answer.text
        assert not answer.context["summary"].credits.cards


def test_the_account_shows_balance_and_history(member: Client) -> None:
    page = member.get("/account/credit/").text

    assert 'data-testid="credit-balance">$60.00<' in page
    assert "goodwill" in page
    assert "$60.00" in member.get("/account/").text


def test_a_card_is_loaded_onto_store_credit(member: Client, user: User) -> None:
    _card, code = make_card(1_500)

    answer = member.post("/account/credit/", {"code": code}, follow=True)

    assert "$15.00 is on your store credit now" in answer.text
    assert credit_balance(user.pk, "USD") == 7_500


def test_a_code_that_is_none_is_told_at_its_field(member: Client, user: User) -> None:
    answer = member.post("/account/credit/", {"code": "nonsense"})

    assert answer.status_code == 400
    assert "not a code of a gift card" in answer.text
    assert credit_balance(user.pk, "USD") == 6_000


def test_strangers_have_no_credit_page(client: Client, db: None) -> None:
    assert client.get("/account/credit/")["Location"].startswith("/sign-in/")


def test_ticking_credit_counts_the_sum_again_on_the_server(member: Client) -> None:
    before = member.get("/checkout/").context["summary"]
    after = recount(member, credit="1")

    assert (before.due_minor, after.context["summary"].due_minor) == (2_500, 0)
    assert 'id="summary"' in after.text
    assert "Your credit pays everything" in after.text
    assert not Checkout.objects.exists()


def test_credit_that_covers_everything_pays_at_once(member: Client, user: User) -> None:
    shown = recount(member, credit="1")

    answer = member.post("/checkout/", form_of(shown, credit="1"))

    placed = Checkout.objects.get()
    assert (placed.status, answer["Location"]) == ("paid", f"/orders/{placed.number}/confirmation/")
    assert credit_balance(user.pk, "USD") == 3_500
    assert "Store credit or gift card" in member.get(f"/orders/{placed.number}/").text


def test_a_gift_card_pays_a_part_and_the_provider_the_rest(shopper: Client) -> None:
    card, code = make_card(1_000)

    applied = shopper.post("/checkout/", {"apply": "gift_card", "gift_card": code})
    answer = shopper.post("/checkout/", form_of(applied))

    placed = Checkout.objects.get()
    assert f"•••• {card.ending}" in applied.text
    assert (placed.credit_minor, placed.due_minor) == (1_000, 1_500)
    assert answer["Location"].startswith("/sandbox/")
    assert "gift_cards" not in shopper.session


def test_a_gift_card_can_be_taken_off_again(shopper: Client) -> None:
    card, code = make_card(1_000)
    shopper.post("/checkout/", {"apply": "gift_card", "gift_card": code})

    removed = shopper.post("/checkout/", {"apply": "gift_card", "remove_card": str(card.pk)})

    assert removed.status_code == 200
    assert removed.context["summary"].due_minor == 2_500


def test_a_wrong_code_keeps_the_form_and_places_nothing(shopper: Client) -> None:
    answer = shopper.post("/checkout/", {**ADDRESS, "apply": "gift_card", "gift_card": "nonsense"})

    assert answer.status_code == 400
    assert 'value="1 Market Street"' in answer.text
    assert "not a code of a gift card" in answer.text
    assert not Checkout.objects.exists()


def test_a_sum_that_was_not_seen_is_refused_with_the_new_one(member: Client, user: User) -> None:
    """The box was ticked without the sum being counted again, or the credit was spent in another tab."""
    page = member.get("/checkout/")

    refused = member.post("/checkout/", form_of(page, credit="1"))

    assert refused.status_code == 409
    assert "What is left to pay is $0.00 now" in refused.text
    assert credit_balance(user.pk, "USD") == 6_000
    placed = member.post("/checkout/", form_of(refused, credit="1"))
    assert placed.status_code == 302
    assert Checkout.objects.get().status == "paid"


def test_credit_spent_in_another_tab_is_not_spent_twice(member: Client, user: User) -> None:
    shown = recount(member, credit="1")
    give_credit(user, -5_000)

    answer = member.post("/checkout/", form_of(shown, credit="1"))

    assert answer.status_code == 409
    assert credit_balance(user.pk, "USD") == 1_000
    assert not Checkout.objects.exists()


def test_the_form_cannot_say_whose_credit_or_which_card(shopper: Client) -> None:
    """MON24."""
    card, _code = make_card(9_000)
    page = shopper.get("/checkout/")

    shopper.post("/checkout/", form_of(page, credit="1", card_id=str(card.pk), credit_minor="2500", gift_cards=str(card.pk)))

    assert Checkout.objects.get().credit_minor == 0
    assert gift_cards.view_of(GiftCard.objects.get()).balance_minor == 9_000
