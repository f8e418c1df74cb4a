"""Gift cards: codes, spending, loading, selling, giving back, and guessing."""

from __future__ import annotations

import datetime as dt
import re
from hashlib import sha256
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django import Settings

from core import invariants
from core.errors import DomainError
from core.ids import CROCKFORD, uuid7
from core.models import OutboxEvent
from payments.errors import (
    GiftCardBlocked,
    GiftCardEmpty,
    GiftCardExpired,
    GiftCardOfAnotherCurrency,
    GiftCardUnknown,
    GiftCardUsed,
    InsufficientCredit,
    InvalidCredit,
)
from payments.gift_codes import hashes_of, in_groups, new_code, normal
from payments.models import GiftCard, GiftCardBatch, GiftCardPurchase, LedgerEntry, PaymentAttempt, Refund
from payments.selectors.credit import credit_balance
from payments.services import credit, gift_cards
from payments.services.gift_cards import Present
from support.models import Mail
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.credit import expired_card, make_card
from tests.factories.payments import answer, start

pytestmark = pytest.mark.django_db
now = timezone.now


def find(code: str, *who: str) -> gift_cards.CardView:
    return gift_cards.find(code=code, tried_by=who or ("ip:1", "user:1"))


def spend(card: GiftCard, amount: int, **overrides: Any) -> None:
    fields: dict[str, Any] = {"purchase": uuid7(), "currency": "USD", "at": now(), **overrides}
    gift_cards.spend(card_id=card.pk, amount_minor=amount, **fields)


def balance(card: GiftCard) -> int:
    return gift_cards.view_of(card).balance_minor


def bought(**overrides: Any) -> GiftCardPurchase:
    fields: dict[str, Any] = {
        "value_minor": 5_000, "currency": "USD", "email": "giver@example.com", "language": "en", "recipient": "friend@example.com",
        "giver": "Li Na", "message": "Happy birthday", **overrides,
    }  # fmt: skip
    return gift_cards.order(present=Present(**fields), at=now())


def paid(**overrides: Any) -> GiftCardPurchase:
    purchase = bought(**overrides)
    attempt = start(reference=purchase.pk, amount_minor=purchase.value_minor)
    answer(attempt, "approve")
    drain()
    purchase.refresh_from_db()
    return purchase


def test_a_code_is_a_hundred_random_bits_and_kept_as_a_keyed_hash_only() -> None:
    card, code = make_card()

    assert len(CROCKFORD) ** 20 >= 2**96
    assert len({new_code() for _ in range(500)}) == 500
    assert normal(code) not in str(GiftCard.objects.values().get())
    assert card.ending == normal(code)[-4:]
    assert card.code_hash != sha256(normal(code).encode()).hexdigest()


@pytest.mark.parametrize(
    "write", [str.lower, lambda code: code.replace("-", " "), lambda code: f"  {code} ", lambda code: code.replace("0", "O")]
)
def test_it_is_found_however_it_was_typed(write: Any) -> None:
    card, code = make_card()

    assert find(write(code)).card_id == card.pk


def test_a_code_under_the_key_before_is_found_while_that_key_is_listed(settings: Settings) -> None:
    settings.GIFT_CARD_KEYS = ["old"]
    card, code = make_card()

    settings.GIFT_CARD_KEYS = ["new", "old"]
    assert find(code).card_id == card.pk
    settings.GIFT_CARD_KEYS = ["new"]
    with pytest.raises(GiftCardUnknown):
        find(code)


def test_without_keys_of_its_own_the_shops_secret_keys_them() -> None:
    code = new_code()

    assert len(hashes_of(code)) == 1 + len(django_settings.SECRET_KEY_FALLBACKS)
    assert in_groups(code).count("-") == 3


def test_five_wrong_codes_a_minute_are_looked_at_then_every_code_has_the_same_answer() -> None:
    _card, code = make_card()
    texts = set()
    for guess in [*[in_groups(new_code()) for _ in range(5)], "nonsense", "", code]:
        with pytest.raises(GiftCardUnknown) as refused:
            find(guess)
        texts.add((str(refused.value), refused.value.status))

    assert len(texts) == 1


def test_each_person_and_each_address_is_counted_for_itself() -> None:
    _card, code = make_card()
    for number in range(6):
        with pytest.raises(GiftCardUnknown):
            find("wrong", f"ip:{number}", "user:guesser")

    assert find(code, "ip:9", "user:other")
    with pytest.raises(GiftCardUnknown):
        find(code, "ip:9", "user:guesser")


def test_right_codes_do_not_count() -> None:
    _card, code = make_card()

    for _ in range(20):
        find(code)


def test_a_card_pays_until_nothing_is_left() -> None:
    card, _code = make_card(5_000)

    spend(card, 3_000)
    with pytest.raises(InsufficientCredit):
        spend(card, 2_001)
    spend(card, 2_000)

    assert balance(card) == 0


def test_an_expired_card_refuses_with_its_day_by_the_databases_clock() -> None:
    card, code = expired_card()

    with pytest.raises(GiftCardExpired) as refused:
        find(code)
    with pytest.raises(GiftCardExpired):
        spend(card, 100)

    assert str(card.expires_at.year) in str(refused.value)  # type: ignore[union-attr]
    assert balance(card) == 5_000


def test_a_blocked_card_refuses_until_it_is_let_go() -> None:
    card, code = make_card()
    gift_cards.set_blocked(card_id=card.pk, blocked=True, actor="operator:x", reason="stolen", at=now())

    for use in (lambda: find(code), lambda: spend(card, 1), lambda: gift_cards.load(card_id=card.pk, user_id=make_user().pk, at=now())):
        with pytest.raises(GiftCardBlocked):
            use()

    gift_cards.set_blocked(card_id=card.pk, blocked=False, actor="operator:x", reason="found", at=now())
    spend(card, 1)


def test_a_card_of_another_currency_pays_nothing() -> None:
    card, _code = make_card()

    with pytest.raises(GiftCardOfAnotherCurrency):
        spend(card, 100, currency="EUR")


def test_a_card_can_be_loaded_onto_store_credit_with_all_that_is_left() -> None:
    card, _code = make_card(5_000)
    user = make_user()
    spend(card, 1_000)

    assert gift_cards.load(card_id=card.pk, user_id=user.pk, at=now()) == 4_000

    assert (balance(card), credit_balance(user.pk, "USD")) == (0, 4_000)
    with pytest.raises(GiftCardEmpty):
        gift_cards.load(card_id=card.pk, user_id=user.pk, at=now())


def test_what_comes_back_to_a_loaded_card_can_be_loaded_again() -> None:
    card, _code = make_card(5_000)
    user, purchase = make_user(), uuid7()
    spend(card, 1_000, purchase=purchase)
    gift_cards.load(card_id=card.pk, user_id=user.pk, at=now())

    credit.give_back(purchase=purchase, amount_minor=1_000, cause=purchase, at=now())
    gift_cards.load(card_id=card.pk, user_id=user.pk, at=now())

    assert credit_balance(user.pk, "USD") == 5_000
    assert invariants.violations() == {}


def test_a_batch_is_issued_at_the_operators_cost_with_a_code_for_each_card() -> None:
    batch, codes = gift_cards.issue_batch(
        name="Spring", quantity=3, value_minor=2_000, currency="USD", expires_at=None, actor="operator:x", at=now()
    )

    assert len(set(codes)) == 3
    assert {row.status for row in batch.cards.all()} == {"active"}
    assert sum(LedgerEntry.objects.filter(account__kind="subsidies").values_list("amount_minor", flat=True)) == 6_000
    assert invariants.violations() == {}


@pytest.mark.parametrize("wrong", [{"quantity": 0}, {"quantity": 501}, {"value_minor": 0}, {"value_minor": -5}, {"name": " "}])
def test_a_senseless_batch_is_refused(wrong: dict[str, Any]) -> None:
    terms: dict[str, Any] = {"name": "x", "quantity": 1, "value_minor": 100, "currency": "USD", "expires_at": None, **wrong}
    with pytest.raises(InvalidCredit):
        gift_cards.issue_batch(actor="operator:x", at=now(), **terms)

    assert not GiftCardBatch.objects.exists()


def test_a_bought_card_exists_once_it_is_paid_and_is_mailed_to_its_recipient() -> None:
    purchase = paid()

    mail = Mail.objects.get(kind="gift_card")
    code = re.search(r"(?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}", mail.text)[0]  # type: ignore[index]
    assert (purchase.status, mail.to) == ("paid", "friend@example.com")
    assert "Happy birthday" in mail.text
    assert find(code).balance_minor == 5_000
    assert invariants.violations() == {}


def test_no_event_holds_the_code() -> None:
    paid()

    assert set(OutboxEvent.objects.get(name="GiftCardBought").payload) == {"card_id", "purchase_id"}


def test_one_that_nobody_has_paid_has_no_card() -> None:
    purchase = bought()

    assert not GiftCard.objects.exists()
    assert purchase.status == "awaiting_payment"


def test_being_told_of_the_payment_many_times_makes_one_card() -> None:
    purchase = paid()
    attempt = PaymentAttempt.objects.get()
    for _ in range(3):
        gift_cards.mark_paid(purchase_id=purchase.pk, attempt_id=attempt.pk, amount_minor=5_000, currency="USD", at=now())

    assert GiftCard.objects.count() == 1


def test_a_new_code_voids_the_old_one() -> None:
    purchase = paid()

    first = gift_cards.put_code(card_id=purchase.card.pk)
    second = gift_cards.put_code(card_id=purchase.card.pk)

    assert find(second).card_id == purchase.card.pk
    with pytest.raises(GiftCardUnknown):
        find(first)


def test_an_unused_one_is_given_back_once_and_blocked() -> None:
    purchase = paid()

    for _ in range(2):
        gift_cards.give_back(purchase_id=purchase.pk, actor="shopper:x", reason="", at=now())
    drain()

    purchase.refresh_from_db()
    assert (purchase.status, purchase.card.status) == ("refunded", "blocked")
    assert (Refund.objects.get().amount_minor, Refund.objects.get().status) == (5_000, "succeeded")
    assert invariants.violations() == {}


def test_one_that_was_used_in_part_is_not_given_back() -> None:
    purchase = paid()
    spend(purchase.card, 1)

    with pytest.raises(GiftCardUsed):
        gift_cards.give_back(purchase_id=purchase.pk, actor="shopper:x", reason="", at=now())

    purchase.refresh_from_db()
    assert (purchase.status, Refund.objects.count()) == ("paid", 0)


@pytest.mark.parametrize("value", [0, -1, 10**7 + 1])
def test_a_card_of_a_senseless_value_is_not_sold(value: int) -> None:
    with pytest.raises(DomainError):
        bought(value_minor=value)


def test_a_batch_may_expire() -> None:
    card, _code = make_card(expires_at=now() + dt.timedelta(days=1))

    spend(card, 100)
