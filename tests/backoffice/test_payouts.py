"""The money pages of a merchant, and what the operator may do about payouts and bank details."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from payments.models import BankAccount, BankAccountAccess, Payout, PayoutSchedule
from payments.services import payouts
from support.models import Mail
from tests.backoffice.market import Shop
from tests.drain import drain
from tests.factories.payouts import make_account, make_due, make_payable

PASSWORD = "correct horse battery"
CHANGE = "/merchant/bank-account/change/"
AGAIN = "/account/again/"
TYPED = {
    "kind": "bank",
    "holder": "Antelope Ltd",
    "country": "GB",
    "number": "GB29 NWBK 6016 1331 9268 19",
    "bank_code": "NWBKGB2L",
    "bank_name": "",
}


def sign_in(client: Client, user: User) -> None:
    user.set_password(PASSWORD)
    user.save()
    assert client.post("/sign-in/", {"login": user.email, "password": PASSWORD}).status_code == 302


def type_password_again(client: Client) -> None:
    assert client.post(f"{AGAIN}?next={CHANGE}", {"password": PASSWORD}).status_code == 302


@pytest.fixture
def owner(shop: Shop, client: Client) -> Client:
    sign_in(client, shop.owner)
    return client


@pytest.fixture
def staff(operator: User) -> Client:
    browser = Client()
    sign_in(browser, operator)
    return browser


def test_the_overview_says_when_and_how_much_comes_next(shop: Shop, owner: Client) -> None:
    make_payable(shop.merchant, 20_000)

    answer = owner.get("/merchant/payouts/")

    text = answer.content.decode()
    assert answer.context["next"] == [{"amount": "$190.00", "is_paid": True, "reason": ""}]
    assert "•••• 0001" in text
    assert answer.context["chart"]["areas"]


@pytest.mark.parametrize(
    ("role", "status"), [("finance", 200), ("read_only", 403), ("fulfilment", 403), ("service", 403), ("catalogue", 403)]
)
def test_only_owner_and_finance_see_payouts(shop: Shop, client: Client, role: str, status: int) -> None:
    client.force_login(shop.member(role))

    for url in ("/merchant/payouts/", "/merchant/bank-account/", "/merchant/payments/payoutstatement/", "/merchant/payments/payout/"):
        assert client.get(url).status_code == status, url


def test_the_schedule_is_chosen_and_the_next_date_moves(shop: Shop, owner: Client) -> None:
    wanted = {"frequency": "monthly", "weekday": "2", "day": "15", "minimum_minor": "50"}

    assert owner.post("/merchant/payouts/", wanted).status_code == 302

    schedule = PayoutSchedule.objects.get(merchant=shop.merchant)
    assert (schedule.frequency, schedule.day, schedule.minimum_minor) == ("monthly", 15, 5_000)
    assert schedule.next_payout_at.day == 15


@pytest.mark.parametrize(
    ("field", "value"), [("minimum_minor", "0.01"), ("day", "31"), ("frequency", "hourly"), ("weekday", "7"), ("minimum_minor", "1e9")]
)
def test_a_schedule_out_of_bounds_is_refused(shop: Shop, owner: Client, field: str, value: str) -> None:
    before = PayoutSchedule.objects.values().get(merchant=shop.merchant)

    answer = owner.post("/merchant/payouts/", {"frequency": "weekly", "weekday": "0", "day": "1", "minimum_minor": "50", field: value})

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert PayoutSchedule.objects.values().get(merchant=shop.merchant) == before


def test_a_bank_account_is_not_changed_without_the_password_typed_again(shop: Shop, owner: Client) -> None:
    """AUT07: a session alone, even a new one, is not enough."""
    before = list(BankAccount.objects.values())

    for answer in (owner.get(CHANGE), owner.post(CHANGE, TYPED)):
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, AGAIN)

    assert list(BankAccount.objects.values()) == before


def test_the_password_typed_again_is_good_for_five_minutes(shop: Shop, owner: Client) -> None:
    """AUT07."""
    type_password_again(owner)
    fresh = owner.get(CHANGE)
    session = owner.session
    records = [{**record, "at": time.time() - 301} for record in session[AUTHENTICATION_METHODS_SESSION_KEY]]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    session.save()

    assert fresh.status_code == 200
    assert "no-store" in fresh["Cache-Control"]
    assert owner.post(CHANGE, TYPED).status_code == 302
    assert BankAccount.objects.get(merchant=shop.merchant).last4 == "0001"


def test_a_wrong_password_opens_nothing(shop: Shop, owner: Client) -> None:
    """AUT07."""
    owner.post(f"{AGAIN}?next={CHANGE}", {"password": "wrong"})

    assert owner.get(CHANGE)["Location"].startswith(AGAIN)


def test_a_changed_account_waits_and_everybody_concerned_is_told(shop: Shop, owner: Client) -> None:
    """AUT07: notice to the owner, to finance and to the shop's own address; held for a day; written down."""
    finance = shop.member("finance")
    type_password_again(owner)

    answer = owner.post(CHANGE, TYPED)
    drain()

    assert answer["Location"] == "/merchant/bank-account/"
    account = BankAccount.objects.get(merchant=shop.merchant, replaced_at=None)
    assert (account.holder, account.last4) == ("Antelope Ltd", "6819")
    assert account.usable_from > timezone.now() + dt.timedelta(hours=23)
    told = Mail.objects.filter(kind="bank_account_changed", text__contains="6819")
    assert set(told.values_list("to", flat=True)) == {shop.owner.email, finance.email, shop.merchant.email}
    assert all("•••• 0001" in mail.text and "GB29" not in mail.text for mail in told)
    assert BankAccountAccess.objects.filter(account=account, actor=f"merchant:{shop.owner.pk}").exists()
    assert "6819" in owner.get("/merchant/bank-account/").content.decode()


def test_an_account_that_cannot_be_one_is_shown_as_a_mistake(shop: Shop, owner: Client) -> None:
    type_password_again(owner)

    answer = owner.post(CHANGE, {**TYPED, "number": "GB29 NWBK 6016 1331 9268 18"})

    assert answer.status_code == 422
    assert BankAccount.objects.get(merchant=shop.merchant).last4 == "0001"


def test_a_statement_is_a_page_a_paper_and_a_table(shop: Shop, stranger: Shop, owner: Client) -> None:
    url = reverse("merchant:payments_payoutstatement_change", args=[shop.statement.pk])

    page, table, paper = owner.get(url), owner.get(url, {"format": "csv"}), owner.get(url, {"format": "pdf"})

    assert (page.context["opening"], page.context["closing"], page.context["paid_out"]) == ("$0.00", "$0.00", "$47.50")
    assert table["Content-Disposition"].endswith('0001-USD.csv"')
    assert table.content.decode("utf-8-sig").count("\n") == 5
    assert paper.content.startswith(b"%PDF")
    for kind in ("csv", "pdf"):
        theirs = reverse("merchant:payments_payoutstatement_change", args=[stranger.statement.pk])
        assert owner.get(theirs, {"format": kind}).status_code == 404


def test_lines_of_a_statement_lead_to_their_orders(shop: Shop, owner: Client) -> None:
    from orders.services import completion
    from orders.services.cases import answers

    for case in shop.shipped.cases.all():
        answers.withdraw_case(case_id=case.pk, actor="shopper:guest", at=timezone.now())
    completion.confirm_receipt(order_id=shop.shipped.pk, actor="shopper:guest", at=timezone.now())
    make_due(shop.merchant)
    payouts.run_payouts(at=timezone.now())
    newest = shop.merchant.payout_statements.order_by("-number")[0]

    answer = owner.get(reverse("merchant:payments_payoutstatement_change", args=[newest.pk]))

    link = reverse("merchant:orders_merchantorder_change", args=[shop.shipped.pk])
    assert [row["url"] for row in answer.context["rows"]] == [link, ""]
    assert owner.get(link).status_code == 200


def _press(client: Client, row: Any, action: str, **typed: Any) -> Any:
    url = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{action}", args=[row.pk])
    return client.post(url, {"_form_submitted": "1", **typed}, follow=True)


def test_the_operator_pauses_and_resumes_a_merchant_with_a_reason(shop: Shop, staff: Client, owner: Client) -> None:
    schedule = PayoutSchedule.objects.get(merchant=shop.merchant)

    _press(staff, schedule, "pause", reason="identity unclear")
    schedule.refresh_from_db()
    paused = (schedule.is_paused, schedule.paused_reason)
    seen = owner.get("/merchant/payouts/").content.decode()
    _press(staff, schedule, "resume", reason="clear now")

    schedule.refresh_from_db()
    assert paused == (True, "identity unclear")
    assert "identity unclear" in seen
    assert not schedule.is_paused


def test_the_operator_pays_again_what_failed(shop: Shop, staff: Client) -> None:
    make_account(shop.merchant, "000123450002")
    make_payable(shop.merchant, 20_000)
    make_due(shop.merchant)
    payouts.run_payouts(at=timezone.now())
    failed = Payout.objects.get(merchant=shop.merchant, status="failed")
    make_account(shop.merchant)

    _press(staff, failed, "retry")
    drain()

    fresh = Payout.objects.filter(merchant=shop.merchant).order_by("-pk")[0]
    assert (fresh.amount_minor, fresh.status) == (19_000, "paid")


def test_bank_details_are_shown_after_the_password_and_a_reason_and_the_look_is_kept(shop: Shop, staff: Client, operator: User) -> None:
    account = BankAccount.objects.get(merchant=shop.merchant)
    url = reverse("backoffice-bank-details", args=[account.pk])
    hints = staff.get(reverse("admin:payments_bankaccount_change", args=[account.pk])).content.decode()
    stale = staff.post(url, {"reason": "bank asks"})
    type_password_again(staff)

    refused, shown = staff.post(url, {"reason": ""}), staff.post(url, {"reason": "bank asks"})

    assert "ANTELOPE0001" not in hints
    assert stale["Location"].startswith(AGAIN)
    assert "ANTELOPE0001" not in refused.content.decode()
    assert "ANTELOPE0001" in shown.content.decode()
    looks = BankAccountAccess.objects.filter(account=account, action="revealed")
    assert [(look.actor, look.reason) for look in looks] == [(f"operator:{operator.pk}", "bank asks")]


def test_staff_without_the_right_see_no_bank_details(shop: Shop, client: Client) -> None:
    from tests.factories.accounts import make_user

    clerk = make_user(email="clerk@example.com", is_staff=True)
    sign_in(client, clerk)
    type_password_again(client)

    assert client.get(reverse("backoffice-bank-details", args=[BankAccount.objects.get(merchant=shop.merchant).pk])).status_code == 403


def test_the_operator_carries_payouts_to_the_bank(shop: Shop, staff: Client, settings: Any) -> None:
    make_payable(shop.merchant, 20_000)
    settings.SANDBOX_GATEWAY = False
    make_due(shop.merchant)
    payouts.run_payouts(at=timezone.now())
    waiting = Payout.objects.get(merchant=shop.merchant, gateway="bank_transfer")

    staff.post(reverse("admin:payments_payout_make_file"), {"_form_submitted": "1"})
    waiting.refresh_from_db()
    url = reverse("backoffice-transfer-file", args=[waiting.file_id])
    stale = staff.get(url)
    type_password_again(staff)
    content = staff.get(url).content.decode("utf-8-sig")
    _press(staff, waiting, "mark_paid")

    waiting.refresh_from_db()
    assert stale["Location"].startswith(AGAIN)
    assert "ANTELOPE0001" in content and "190.00" in content
    assert waiting.status == "paid"
