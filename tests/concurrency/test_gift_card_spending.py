"""One gift card, and one balance of store credit, wanted by twenty purchases at once (as PTS01)."""

import threading
import uuid
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from core.ids import uuid7
from core.invariants import violations
from orders.models import Checkout
from orders.services.credits import CreditWish
from payments.errors import InsufficientCredit
from payments.models import CreditUse, GiftCard
from payments.postings import Account, Leg, Posting, PostingKind
from payments.selectors import balances
from payments.selectors.credit import credit_balance
from payments.services import credit, gift_cards, ledger
from tests.concurrency.racing import at_once, deadlocks, refusals, successes
from tests.factories.accounts import make_user
from tests.factories.credit import give_credit, make_card
from tests.factories.orders import make_cart, make_goods, make_seller, place

pytestmark = pytest.mark.django_db(transaction=True)


def spend(card_id: uuid.UUID, amount: int) -> CreditUse:
    return gift_cards.spend(purchase=uuid7(), card_id=card_id, amount_minor=amount, currency="USD", at=timezone.now())


def test_twenty_checkouts_at_once_spend_one_card_once() -> None:
    card, _code = make_card(2_500)
    seller = make_seller()
    carts = [make_cart(make_goods(merchant=seller, price=2_000, stock=1)) for _ in range(20)]
    before = deadlocks()

    outcomes = at_once([partial(place, cart, credit=[CreditWish(2_500, card.pk)]) for cart in carts])

    assert len(successes(outcomes)) == 1
    assert {type(error) for error in refusals(outcomes)} == {InsufficientCredit}
    assert Checkout.objects.get().status == "paid"
    assert gift_cards.view_of(card).balance_minor == 0
    assert deadlocks() == before
    assert violations() == {}


def test_parts_of_a_card_spent_at_once_never_exceed_it() -> None:
    card, _code = make_card(1_000)

    outcomes = at_once([partial(spend, card.pk, 300) for _ in range(20)])

    assert len(successes(outcomes)) == 3
    assert gift_cards.view_of(card).balance_minor == 100


def test_twenty_checkouts_at_once_spend_a_members_credit_once() -> None:
    user = make_user()
    give_credit(user, 2_500)
    at, before = timezone.now(), deadlocks()

    outcomes = at_once(
        [
            partial(credit.spend, purchase=uuid7(), source="store_credit", owner=user.pk, amount_minor=2_500, currency="USD", at=at)
            for _ in range(20)
        ]
    )

    assert len(successes(outcomes)) == 1
    assert credit_balance(user.pk, "USD") == 0
    assert deadlocks() == before


def test_a_card_loaded_and_spent_at_once_goes_one_way() -> None:
    card, _code = make_card(1_000)
    user = make_user()

    at_once(
        [
            *[partial(gift_cards.load, card_id=card.pk, user_id=user.pk, at=timezone.now()) for _ in range(6)],
            *[partial(spend, card.pk, 1_000) for _ in range(6)],
        ]
    )

    spent = sum(CreditUse.objects.values_list("amount_minor", flat=True))
    assert spent + credit_balance(user.pk, "USD") == 1_000
    assert gift_cards.view_of(card).balance_minor == 0


def test_a_card_that_is_blocked_while_it_is_spent_is_one_of_both() -> None:
    cards = [make_card(1_000)[0] for _ in range(5)]
    block = partial(gift_cards.set_blocked, blocked=True, actor="operator:x", reason="x", at=timezone.now())

    at_once([job for card in cards for job in (partial(spend, card.pk, 1_000), partial(block, card_id=card.pk))])

    for card in GiftCard.objects.all():
        assert card.status == "blocked"
        assert gift_cards.view_of(card).balance_minor in {0, 1_000}


def test_looking_at_the_balance_first_lets_everybody_spend_it() -> None:
    """Negative control: the same spending decided by a look, on an account without a floor."""
    merchant = make_seller()
    owner, everybody_has_looked = str(merchant.pk), threading.Barrier(10)
    filled = (Leg(Account.SUBSIDIES, 1_000), Leg(Account.PAYABLE, -1_000, owner))
    with transaction.atomic():
        ledger.post(posting=Posting(PostingKind.ADJUSTMENT, uuid7(), "filled", "USD", filled), at=timezone.now())

    def spend_carelessly(number: int) -> int:
        legs = (Leg(Account.PAYABLE, 1_000, owner), Leg(Account.SUBSIDIES, -1_000))
        with transaction.atomic():
            seen = postings_sum(owner)
            everybody_has_looked.wait(20)
            if seen < 1_000:
                raise InsufficientCredit
            ledger.post(posting=Posting(PostingKind.ADJUSTMENT, uuid7(), f"spent:{number}", "USD", legs), at=timezone.now())
        return 1_000

    outcomes = at_once([partial(spend_carelessly, number) for number in range(10)])

    assert successes(outcomes) == [1_000] * 10
    assert postings_sum(owner) == -9_000


def postings_sum(owner: str) -> int:
    return balances(uuid.UUID(owner), "USD").payable_minor
