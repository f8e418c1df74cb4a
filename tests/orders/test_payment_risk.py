"""Payments that look like fraud: a code before paying, a person's look before sending."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from catalog.services.categories import set_risky
from core import invariants
from core.models import StateChange
from core.remembered import forget
from core.states import IllegalTransition
from orders.errors import ExtraCheckNeeded, PaymentDeclined, ReviewDecided
from orders.models import Checkout, PurchaseOrigin
from orders.selectors import orders_to_ship
from orders.selectors.risk import facts_of, waiting_reviews
from orders.services import cancellation, fulfilment, payment, risk
from orders.states import CheckoutStatus, OrderStatus
from payments.errors import CodeExhausted, CodeTooSoon, CodeWrong, RiskPolicyInvalid
from payments.models import PaymentAttempt, Refund, RiskAssessment, RiskChallenge
from payments.selectors import balances
from payments.services import risk as payment_risk
from payments.services import sandbox
from payments.services.risk import CODE_MAILS, CODE_TRIES, change_policy, code_of, confirm_code
from support.models import Mail
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.exchange import into, make_rates
from tests.factories.orders import make_buyer, make_cart, make_goods, place
from tests.walkthrough import RETURN_URL, order_up_to, pay

pytestmark = pytest.mark.django_db
OPERATOR = "operator:test"


def every_payment(thresholds: tuple[int, int, int]) -> None:
    """A new buyer is enough to reach 10; the thresholds say what follows."""
    change_policy(weights={"new_buyer": 10}, limits={}, thresholds=thresholds, entered_by=OPERATOR, at=timezone.now())
    forget()


@pytest.fixture
def in_review() -> Checkout:
    """A purchase of two merchants, paid, that waits for a person."""
    every_payment((5, 5, 101))
    checkout = place(make_cart())
    pay(checkout)
    drain()
    checkout.refresh_from_db()
    return checkout


def start(checkout: Checkout) -> PaymentAttempt:
    return payment.start_payment(checkout=checkout, gateway="sandbox", return_url=RETURN_URL, at=timezone.now())


def test_an_ordinary_purchase_is_judged_twice_and_goes_on() -> None:
    walk = order_up_to(OrderStatus.PAID)

    looks = RiskAssessment.objects.filter(reference=walk.checkout.pk).order_by("stage")
    assert [(look.stage, look.decision, look.score) for look in looks] == [("paid", "allow", 10), ("started", "allow", 10)]
    assert [reason["code"] for reason in looks[0].reasons] == ["new_buyer"]
    assert looks[0].policy_version == 0


def test_a_payment_in_review_is_held_and_nothing_is_to_be_sent(in_review: Checkout) -> None:
    orders = list(in_review.orders.select_related("merchant"))

    assert in_review.status == CheckoutStatus.PAID
    assert {order.status for order in orders} == {OrderStatus.IN_REVIEW}
    assert all(order.ship_by is None and not orders_to_ship(order.merchant).exists() for order in orders)
    assert balances(orders[0].merchant_id, "USD").held_minor == orders[0].total_minor
    assert in_review.review_by is not None
    assert in_review.review_by - in_review.paid_at == dt.timedelta(hours=24)  # type: ignore[operator]
    assert [row.reference for row in waiting_reviews()] == [in_review.pk]
    with pytest.raises(IllegalTransition):
        fulfilment.ship_order(order_id=orders[0].pk, carrier="SF", tracking_number="1", actor="merchant:x", at=timezone.now())
    with pytest.raises(IllegalTransition):
        fulfilment.start_preparing(order_id=orders[0].pk, actor="merchant:x", at=timezone.now())
    kinds = set(Mail.objects.filter(to=in_review.email).values_list("kind", flat=True))
    assert kinds == {"order_placed", "order_in_review"}
    assert not Mail.objects.filter(kind="merchant_new_order").exists()
    assert invariants.violations() == {}


def test_an_approved_payment_goes_on_as_if_it_had_just_been_paid(in_review: Checkout) -> None:
    at = timezone.now() + dt.timedelta(hours=5)

    risk.approve(checkout_id=in_review.pk, actor=OPERATOR, at=at)
    drain()

    in_review.refresh_from_db()
    assert in_review.review_by is None
    for order in in_review.orders.select_related("merchant"):
        assert order.status == OrderStatus.PAID
        assert order.ship_by is not None
        assert order.ship_by > at
        assert orders_to_ship(order.merchant).get() == order
    assert Mail.objects.filter(kind="order_paid", to=in_review.email).count() == 1
    look = RiskAssessment.objects.get(reference=in_review.pk, stage="paid")
    assert (look.verdict, look.reviewed_by, look.reviewed_at) == ("approved", OPERATOR, at)
    assert StateChange.objects.filter(to_status="paid", from_status="in_review", actor=OPERATOR).count() == 2
    assert invariants.violations() == {}


def test_a_rejected_payment_goes_back_in_full_once(in_review: Checkout) -> None:
    risk.reject(checkout_id=in_review.pk, actor=OPERATOR, at=timezone.now(), reason="stolen card")
    with pytest.raises(ReviewDecided):
        risk.reject(checkout_id=in_review.pk, actor=OPERATOR, at=timezone.now())
    with pytest.raises(ReviewDecided):
        risk.approve(checkout_id=in_review.pk, actor=OPERATOR, at=timezone.now())
    drain()

    assert {order.status for order in in_review.orders.all()} == {OrderStatus.CANCELLED}
    refunded = sum(Refund.objects.filter(status="succeeded").values_list("amount_minor", flat=True))
    assert refunded == in_review.total_minor
    assert not waiting_reviews().exists()
    assert invariants.violations() == {}


@pytest.mark.parametrize(("silence", "status"), [("cancel", OrderStatus.CANCELLED), ("approve", OrderStatus.PAID)])
def test_the_deadline_decides_where_nobody_has(in_review: Checkout, settings: Any, silence: str, status: str) -> None:
    settings.RISK_REVIEW_SILENCE = silence
    assert in_review.review_by is not None

    before = risk.settle_due_reviews(at=in_review.review_by - dt.timedelta(seconds=1))
    done = risk.settle_due_reviews(at=in_review.review_by)
    again = risk.settle_due_reviews(at=in_review.review_by)
    drain()

    assert (before, done, again) == (0, 1, 0)
    assert {order.status for order in in_review.orders.all()} == {status}
    assert RiskAssessment.objects.get(reference=in_review.pk, stage="paid").reviewed_by == "system:review"
    assert invariants.violations() == {}


def test_what_the_shopper_cancels_in_review_stays_cancelled(in_review: Checkout) -> None:
    gone, kept = in_review.orders.order_by("pk")
    cancellation.cancel_order(order_id=gone.pk, actor="shopper:guest", reason="tired of waiting", at=timezone.now())

    risk.approve(checkout_id=in_review.pk, actor=OPERATOR, at=timezone.now())
    drain()

    gone.refresh_from_db()
    kept.refresh_from_db()
    assert (gone.status, kept.status) == (OrderStatus.CANCELLED, OrderStatus.PAID)
    assert Refund.objects.get().amount_minor == gone.total_minor
    assert invariants.violations() == {}


def test_an_extra_check_opens_the_payment_with_the_mailed_code() -> None:
    every_payment((10, 100, 101))
    checkout = place(make_cart())

    with pytest.raises(ExtraCheckNeeded):
        start(checkout)
    assert not PaymentAttempt.objects.exists()
    risk.ask_for_code(checkout=checkout, at=timezone.now())
    drain()
    code = code_of(RiskChallenge.objects.get())
    mail = Mail.objects.get(kind="payment_code")
    assert mail.to == checkout.email
    assert code in mail.text
    confirm_code(reference=checkout.pk, code=f" {code[:3]} {code[3:]} ", at=timezone.now())
    pay(checkout)
    drain()

    checkout.refresh_from_db()
    assert checkout.status == CheckoutStatus.PAID
    assert {order.status for order in checkout.orders.all()} == {OrderStatus.PAID}


def test_a_code_can_be_guessed_at_five_times_and_lives_for_a_quarter_of_an_hour() -> None:
    every_payment((10, 100, 101))
    checkout, now = place(make_cart()), timezone.now()
    risk.ask_for_code(checkout=checkout, at=now)
    code = code_of(RiskChallenge.objects.get())
    wrong = f"{(int(code) + 1) % 10**6:06}"

    for _ in range(CODE_TRIES):
        with pytest.raises(CodeWrong):
            confirm_code(reference=checkout.pk, code=wrong, at=now)
    with pytest.raises(CodeWrong):
        confirm_code(reference=checkout.pk, code=code, at=now)

    with pytest.raises(CodeTooSoon):
        risk.ask_for_code(checkout=checkout, at=now + dt.timedelta(seconds=30))
    later = now + dt.timedelta(minutes=2)
    risk.ask_for_code(checkout=checkout, at=later)
    fresh = code_of(RiskChallenge.objects.get())
    with pytest.raises(CodeWrong):
        confirm_code(reference=checkout.pk, code=fresh, at=later + dt.timedelta(minutes=15))
    confirm_code(reference=checkout.pk, code=fresh, at=later)
    confirm_code(reference=checkout.pk, code="anything", at=later)  # once right it stays so


def test_codes_are_not_sent_without_end() -> None:
    every_payment((10, 100, 101))
    checkout, now = place(make_cart()), timezone.now()

    for number in range(CODE_MAILS):
        risk.ask_for_code(checkout=checkout, at=now + number * dt.timedelta(minutes=2))

    with pytest.raises(CodeExhausted):
        risk.ask_for_code(checkout=checkout, at=now + dt.timedelta(hours=1))


def test_a_payment_that_must_not_be_is_refused_before_the_provider_is_asked() -> None:
    every_payment((10, 10, 10))
    checkout = place(make_cart())

    with pytest.raises(PaymentDeclined):
        start(checkout)

    assert not PaymentAttempt.objects.exists()
    assert RiskAssessment.objects.get().decision == "block"


def test_money_that_is_in_is_reviewed_instead_of_refused() -> None:
    checkout = place(make_cart())
    attempt = start(checkout)
    every_payment((10, 10, 10))
    sandbox.decide(payment_id=uuid.UUID(attempt.provider_id), decision="approve", at=timezone.now())
    payment.settle(checkout_id=checkout.pk, at=timezone.now())

    assert {order.status for order in checkout.orders.all()} == {OrderStatus.IN_REVIEW}
    assert RiskAssessment.objects.get(stage="paid").decision == "review"


def test_a_worse_look_before_paying_replaces_a_better_one_and_never_the_other_way() -> None:
    checkout = place(make_cart())
    start(checkout)
    every_payment((5, 50, 101))
    change_policy(weights={"new_buyer": 40}, limits={}, thresholds=(60, 80, 101), entered_by=OPERATOR, at=timezone.now())
    forget()
    start(checkout)
    change_policy(weights={"new_buyer": 0}, limits={}, thresholds=(60, 80, 101), entered_by=OPERATOR, at=timezone.now())
    forget()
    start(checkout)

    look = RiskAssessment.objects.get(stage="started")
    assert (look.score, look.policy_version) == (40, 2)


def test_what_is_known_of_a_purchase_is_counted(settings: Any) -> None:
    make_rates(JPY="150")
    user = make_user()
    goods = make_goods(price=2_000, stock=50)
    order_up_to(OrderStatus.PAID, variants=[goods], user=user)
    first = place(make_cart(goods, user=user), user=user)
    risk.note_origin(checkout=first, address="203.0.113.7", device="a" * 24, at=timezone.now())
    attempt = start(first)
    PaymentAttempt.objects.filter(pk=attempt.pk).update(status="failed", card="card-1")
    yen = into("JPY")
    cart = make_cart(goods, user=user, conversion=yen)
    checkout = place(cart, user=user, conversion=yen, expected_total_minor=3_000 + 750)
    risk.note_origin(checkout=checkout, address="203.0.113.7", device="a" * 24, at=timezone.now())
    set_risky(category=goods.product.category, is_risky=True)
    forget()

    facts = facts_of(checkout, timezone.now())

    assert (facts.amount_minor, facts.usual_minor, facts.paid_before) == (2_500, 2_500, 1)
    assert (facts.purchases_by_buyer, facts.purchases_by_address, facts.purchases_by_device) == (2, 1, 1)
    assert (facts.failed_attempts, facts.cards_of_buyer, facts.purchases_by_card) == (1, 1, 1)
    assert facts.has_risky_goods
    later = facts_of(checkout, timezone.now() + dt.timedelta(days=2))
    assert (later.purchases_by_buyer, later.purchases_by_address, later.failed_attempts, later.cards_of_buyer) == (0, 0, 0, 0)


def test_a_guest_is_known_by_the_address_in_any_spelling_and_nobody_else_counts() -> None:
    goods = make_goods(stock=50)
    place(make_cart(goods), buyer=_guest("Li@Example.com"))
    place(make_cart(goods), buyer=_guest("somebody@example.com"))
    checkout = place(make_cart(goods), buyer=_guest("li@example.com"))

    facts = facts_of(checkout, timezone.now())

    assert (facts.purchases_by_buyer, facts.purchases_by_address, facts.purchases_by_device, facts.account_hours) == (1, 0, 0, None)


def test_a_network_of_another_country_than_the_goods_go_to_is_a_reason() -> None:
    checkout = place(make_cart(make_goods()))
    risk.note_origin(checkout=checkout, address="203.0.113.7", device="", at=timezone.now(), network_country="BR")

    start(checkout)

    look = RiskAssessment.objects.get(reference=checkout.pk)
    assert {"country": checkout.country, "network_country": "BR"} in [reason["detail"] for reason in look.reasons]


def _guest(email: str) -> Any:
    return make_buyer(email=email)


@pytest.mark.parametrize(
    "wrong",
    [
        {"thresholds": (80, 60, 101)},
        {"thresholds": (0, 60, 101)},
        {"thresholds": (60, 80, 102)},
        {"weights": {"new_buyer": 101}},
        {"weights": {"new_buyer": -1}},
        {"weights": {"charm": 1}},
        {"limits": {"many_cards": 0}},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    call: dict[str, Any] = {"weights": {}, "limits": {}, "thresholds": (60, 80, 101), "entered_by": OPERATOR, "at": timezone.now()}

    with pytest.raises(RiskPolicyInvalid):
        change_policy(**{**call, **wrong})


def test_where_purchases_came_from_is_forgotten_in_time(settings: Any) -> None:
    settings.RISK_ORIGIN_DAYS = 180
    checkout, now = place(make_cart()), timezone.now()
    risk.note_origin(checkout=checkout, address="203.0.113.7", device="", at=now)

    assert risk.forget_origins(at=now + dt.timedelta(days=179)) == 0
    assert risk.forget_origins(at=now + dt.timedelta(days=181)) == 1
    assert not PurchaseOrigin.objects.exists()


def test_only_a_purchase_that_waits_can_be_decided() -> None:
    walk = order_up_to(OrderStatus.PAID)

    with pytest.raises(ReviewDecided):
        risk.approve(checkout_id=walk.checkout.pk, actor=OPERATOR, at=timezone.now())
    with pytest.raises(ReviewDecided):
        risk.reject(checkout_id=walk.checkout.pk, actor=OPERATOR, at=timezone.now())
    assert not payment_risk.record_verdict(reference=walk.checkout.pk, verdict="approved", reviewed_by=OPERATOR, at=timezone.now())
