"""The pages about holiday, closing, deposit and penalties: what they say, who may act, how many statements they need."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from merchants.models import Holiday, Merchant, Violation
from merchants.services.violations import make_violation
from payments.models import Deposit, DepositMovement, DepositRule
from tests.backoffice.market import Shop
from tests.factories.accounts import make_user
from tests.factories.merchants import make_membership, make_merchant

pytestmark = pytest.mark.django_db
CONFIRM = {"_form_submitted": "1"}
STATE, DEPOSIT = "/merchant/shop-state/", "/merchant/deposit/"


def browser_of(merchant: Merchant, role: str = "owner", language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(make_membership(merchant, make_user(language=language), role).user)
    return client


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def plan(first: int = 1, last: int = 3, **more: str) -> dict[str, str]:
    today = timezone.localdate()
    days = {"first_day": f"{today + dt.timedelta(days=first)}", "last_day": f"{today + dt.timedelta(days=last)}"}
    return {"action": "plan", **days, "notice": "At the sea", "keeps_selling": "0", **more}


def test_a_holiday_is_planned_shown_and_called_off() -> None:
    merchant = make_merchant()
    browser = browser_of(merchant)

    told = browser.post(STATE, plan(), follow=True)
    assert "The holiday is planned." in text(told)
    assert "At the sea" in text(told)
    browser.post(STATE, {"action": "end"})

    assert Holiday.objects.get().status == "cancelled"


@pytest.mark.parametrize("bad", [plan(3, 1), plan(-3, 1), plan(first_day="soon"), plan(keeps_selling="7"), plan(notice="x" * 301)])
def test_an_impossible_holiday_is_told_why(bad: dict[str, str]) -> None:
    answer = browser_of(make_merchant()).post(STATE, bad)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Holiday.objects.exists()


@pytest.mark.parametrize("role", ["catalogue", "fulfilment", "read_only", "finance"])
def test_who_may_not_change_the_shop_plans_and_closes_nothing(role: str) -> None:
    merchant = make_merchant()

    answers = [browser_of(merchant, role).post(STATE, data) for data in (plan(), {"action": "close", "name": merchant.name})]

    assert {answer.status_code for answer in answers} == {403}
    assert not Holiday.objects.exists()


def test_only_an_owner_closes_and_only_with_the_shops_name() -> None:
    merchant = make_merchant()
    asked = {"action": "close", "name": merchant.name, "reason": "Retired"}

    assert browser_of(merchant, "manager").post(STATE, asked).status_code == 403
    owner = browser_of(merchant)
    assert owner.post(STATE, {**asked, "name": "Another"}).status_code == 422
    assert Merchant.objects.get().status == "active"
    told = owner.post(STATE, asked, follow=True)

    assert Merchant.objects.get().status == "closed"
    assert "Your shop is closed." in text(told)
    assert owner.post(STATE, plan()).status_code == 403
    assert owner.get("/merchant/balance/").status_code == 200


def test_a_shop_with_open_orders_reads_what_stands_in_the_way(shop: Shop) -> None:
    answer = browser_of(shop.merchant, language="zh-hans").get(STATE)
    refused = browser_of(shop.merchant).post(STATE, {"action": "close", "name": shop.merchant.name, "reason": "Retired"})

    assert "未完成的订单" in text(answer)
    assert refused.status_code == 409
    assert "cannot be closed yet" in text(refused)
    assert Merchant.objects.get(pk=shop.merchant.pk).status == "active"


def test_the_pages_need_few_statements(shop: Shop) -> None:
    browser = browser_of(shop.merchant)
    for page in (STATE, DEPOSIT):
        browser.get(page)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page).status_code == 200
        assert len(queries) <= 20, page


def test_the_deposit_page_shows_what_is_asked_paid_and_what_violations_cost(shop: Shop) -> None:
    Deposit.objects.create(merchant=shop.merchant, currency="USD", required_minor=100, next_look_at=timezone.now())
    row = make_violation(
        merchant_id=shop.merchant.pk, rule="No fakes", reason="Two", points=2, penalty_minor=2_500, actor="op:1", at=timezone.now()
    )
    browser = browser_of(shop.merchant)

    page = text(browser.get(DEPOSIT))

    assert "$1.00" in page
    assert "No fakes" in page
    assert "$25.00" in page
    assert f"/merchant/merchants/violation/{row.pk}/" in browser.get(DEPOSIT).content.decode()


def test_paying_what_is_not_there_is_refused_and_who_may_not_pays_nothing() -> None:
    merchant = make_merchant()
    Deposit.objects.create(merchant=merchant, currency="USD", required_minor=100, next_look_at=timezone.now())
    asked = {"amount_minor": "1.00", "key": str(uuid.uuid4())}

    assert browser_of(merchant).post(DEPOSIT, asked).status_code == 422
    assert browser_of(merchant).post(DEPOSIT, {"amount_minor": "x", "key": "y"}).status_code == 422
    assert browser_of(merchant, "read_only").post(DEPOSIT, asked).status_code == 403
    assert not DepositMovement.objects.exists()


def test_the_operator_makes_a_rule_closes_a_shop_opens_it_again_and_ends_a_holiday(operator: User) -> None:
    merchant, resting = make_merchant(), make_merchant()
    browser_of(resting).post(STATE, plan())
    staff = Client()
    staff.force_login(operator)

    made = staff.post("/admin/payments/depositrule/add/", {"kind": "company", "category": "", "amount_minor": "500.00", "is_active": "on"})
    staff.post(f"/admin/merchants/merchant/{merchant.pk}/close/", {**CONFIRM, "reason": "Fakes"})
    assert (made.status_code, DepositRule.objects.get().amount_minor) == (302, 50_000)
    assert Merchant.objects.get(pk=merchant.pk).status == "closed"
    staff.post(f"/admin/merchants/merchant/{merchant.pk}/activate/", {**CONFIRM, "reason": "Sorry"})
    staff.post(f"/admin/merchants/holiday/{Holiday.objects.get().pk}/lift/", {**CONFIRM, "reason": "Too often"})

    assert Merchant.objects.get(pk=merchant.pk).status == "active"
    assert Holiday.objects.get().status == "cancelled"
    for page in ("payments/deposit", "payments/penalty", "payments/depositrule", "merchants/holiday"):
        assert staff.get(f"/admin/{page}/").status_code == 200


def test_a_violation_is_made_with_a_penalty(operator: User) -> None:
    merchant, staff = make_merchant(), Client()
    staff.force_login(operator)
    values = {"merchant": str(merchant.pk), "measure": "", "rule": "No fakes", "reason": "Two", "points": "6", "penalty_minor": "12.50"}

    assert staff.post("/admin/merchants/violation/add/", values).status_code == 302

    assert Violation.objects.get().penalty_minor == 1_250
