import pytest
from django.utils import timezone

from accounts.models import User
from core import invariants
from core.ids import uuid7
from payments.errors import InsufficientCredit, InvalidCredit
from payments.models import LedgerTransaction, StoreCreditGrant
from payments.selectors.credit import credit_balance, credit_history
from payments.services import credit, store_credit
from tests.factories.accounts import make_user
from tests.factories.credit import give_credit

pytestmark = pytest.mark.django_db
now = timezone.now


@pytest.fixture
def user() -> User:
    return make_user()


def test_what_the_operator_gives_comes_from_subsidies_with_who_and_why(user: User) -> None:
    give_credit(user, 5_000)

    assert credit_balance(user.pk, "USD") == 5_000
    assert LedgerTransaction.objects.get().memo == "goodwill (operator:test)"
    assert StoreCreditGrant.objects.get().actor == "operator:test"
    assert invariants.violations() == {}


def test_the_operator_takes_back_at_most_what_is_there(user: User) -> None:
    give_credit(user, 5_000)

    with pytest.raises(InsufficientCredit):
        give_credit(user, -5_001)
    give_credit(user, -5_000)

    assert credit_balance(user.pk, "USD") == 0
    assert StoreCreditGrant.objects.count() == 2
    assert invariants.violations() == {}


@pytest.mark.parametrize(("amount", "reason"), [(0, "x"), (10**9 + 1, "x"), (100, "  ")])
def test_senseless_grants_are_refused(user: User, amount: int, reason: str) -> None:
    with pytest.raises(InvalidCredit):
        store_credit.grant(user_id=user.pk, amount_minor=amount, currency="USD", reason=reason, actor="operator:x", at=now())

    assert not StoreCreditGrant.objects.exists()


def test_nobody_without_an_account_gets_credit() -> None:
    with pytest.raises(InvalidCredit):
        store_credit.grant(user_id=uuid7(), amount_minor=100, currency="USD", reason="x", actor="operator:x", at=now())


def test_currencies_are_kept_apart(user: User) -> None:
    give_credit(user, 5_000, "USD")
    give_credit(user, 300, "EUR")

    assert (credit_balance(user.pk, "USD"), credit_balance(user.pk, "EUR"), credit_balance(user.pk, "JPY")) == (5_000, 300, 0)


def test_the_history_is_the_ledgers_and_adds_up_to_the_balance(user: User) -> None:
    purchase = uuid7()
    give_credit(user, 5_000)
    credit.spend(purchase=purchase, source="store_credit", owner=user.pk, amount_minor=1_200, currency="USD", at=now())
    credit.give_back(purchase=purchase, amount_minor=200, cause=purchase, at=now())

    rows = credit_history(user.pk, "USD")

    assert [(row.kind, row.amount_minor, row.balance_minor) for row in rows] == [
        ("credit_returned", 200, 4_000),
        ("credit_spent", -1_200, 3_800),
        ("store_credit_issued", 5_000, 5_000),
    ]
    assert rows[-1].reason == "goodwill"


def test_somebody_elses_credit_is_not_in_it(user: User) -> None:
    give_credit(make_user(), 5_000)

    assert credit_history(user.pk, "USD") == []
