"""The operator gives store credit and issues gift cards."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from payments.gift_codes import hashes_of, normal
from payments.models import GiftCard, GiftCardBatch, StoreCreditGrant
from payments.selectors.credit import credit_balance
from tests.factories.accounts import make_user
from tests.factories.credit import make_card

CONFIRM = {"_form_submitted": "1"}
GRANT = "/admin/payments/storecreditgrant/add/"
BATCH = "/admin/payments/giftcardbatch/add/"


@pytest.fixture
def desk(operator: User, client: Client) -> Client:
    client.force_login(operator)
    return client


def test_credit_is_given_and_taken_with_a_reason(desk: Client, operator: User) -> None:
    user = make_user(email="member@example.com")

    desk.post(GRANT, {"email": "Member@example.com", "direction": "give", "value": "20.00", "reason": "late parcel"})
    desk.post(GRANT, {"email": "member@example.com", "direction": "take", "value": "5.00", "reason": "too much"})

    assert credit_balance(user.pk, "USD") == 1_500
    assert {row.actor for row in StoreCreditGrant.objects.all()} == {f"operator:{operator.pk}"}
    page = desk.get("/admin/payments/storecreditgrant/").text
    assert "late parcel" in page
    assert operator.email in page


@pytest.mark.parametrize(
    "wrong", [{"value": "0"}, {"value": "-1"}, {"value": "x"}, {"reason": ""}, {"email": "nobody@example.com"}, {"direction": "take"}]
)
def test_what_makes_no_sense_is_refused_in_the_form(desk: Client, wrong: dict[str, str]) -> None:
    make_user(email="member@example.com")

    answer = desk.post(GRANT, {"email": "member@example.com", "direction": "give", "value": "20.00", "reason": "x", **wrong})

    assert answer.status_code == 200
    assert not StoreCreditGrant.objects.exists()


def test_the_codes_of_a_batch_are_shown_once(desk: Client) -> None:
    answer = desk.post(BATCH, {"name": "Spring", "value": "25.00", "quantity": "2", "until": ""})

    codes = answer.context["codes"]
    batch = GiftCardBatch.objects.get()
    assert len(codes) == 2
    assert all(code in answer.text for code in codes)
    assert {hashes_of(normal(code))[0] for code in codes} == set(batch.cards.values_list("code_hash", flat=True))
    for path in (f"/admin/payments/giftcardbatch/{batch.pk}/change/", "/admin/payments/giftcard/", "/admin/payments/giftcardbatch/"):
        assert not any(code in desk.get(path).text for code in codes)


def test_a_card_is_blocked_and_let_go(desk: Client) -> None:
    card, _code = make_card()

    desk.post(f"/admin/payments/giftcard/{card.pk}/block/", {**CONFIRM, "reason": "stolen"})
    blocked = GiftCard.objects.get().status
    desk.post(f"/admin/payments/giftcard/{card.pk}/unblock/", {**CONFIRM, "reason": "found"})

    assert (blocked, GiftCard.objects.get().status) == ("blocked", "active")


def test_staff_without_the_right_issue_nothing(desk: Client) -> None:
    desk.force_login(make_user(email="reader@example.com", is_staff=True))

    assert desk.post(BATCH, {"name": "x", "value": "1", "quantity": "1"}).status_code == 403
    assert desk.post(GRANT, {"email": "a@b.de", "direction": "give", "value": "1", "reason": "x"}).status_code == 403
    assert not GiftCardBatch.objects.exists()
