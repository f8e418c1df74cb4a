"""The operator reads the books: chart, trial balance, statement of an account, as pages and as files."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.ids import uuid7
from payments.models import LedgerAccount, LedgerEntry
from payments.postings import Account, Leg, Posting
from payments.services import ledger
from tests.backoffice.market import Shop
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db
NAMES = ("chart", "trial_balance", "trial_balance_csv")


@pytest.fixture
def staff(operator: User, client: Client) -> Client:
    client.force_login(operator)
    return client


def url(name: str, *arguments: object) -> str:
    return reverse(f"admin:payments_ledgeraccount_{name}", args=arguments)


def rows(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def balance(kind: str) -> int:
    return sum(LedgerEntry.objects.filter(account__kind=kind).values_list("amount_minor", flat=True))


def held(shop: Shop) -> LedgerAccount:
    return LedgerAccount.objects.get(kind="held", merchant=shop.merchant)


def test_the_chart_has_a_sum_for_each_nature(shop: Shop, staff: Client) -> None:
    (currency,) = staff.get(url("chart")).context["currencies"]

    assets, transit, liabilities = currency["groups"][:3]
    assert [group["name"] for group in (assets, transit, liabilities)] == ["Assets", "In transit", "Liabilities"]
    assert [row["name"] for row in assets["rows"]] == ["Money at the provider"]
    assert assets["total"] == assets["rows"][0]["balance"] == f"${balance('provider_balance') / 100:.2f}"
    assert staff.get(assets["rows"][0]["url"]).context["cl"].result_count == 1


def test_debits_and_credits_of_the_trial_balance_are_equal_and_lead_to_statements(shop: Shop, staff: Client) -> None:
    (currency,) = staff.get(url("trial_balance")).context["currencies"]

    assert currency["is_equal"]
    assert currency["debit"] == currency["credit"] != "$0.00"
    for row in currency["rows"]:
        assert staff.get(row["url"]).status_code == 200


def test_the_trial_balance_of_an_earlier_day_is_that_days(shop: Shop, staff: Client) -> None:
    before = timezone.localdate() - dt.timedelta(days=2)

    assert staff.get(url("trial_balance"), {"date": before.isoformat()}).context["currencies"] == []
    assert staff.get(url("trial_balance"), {"date": "the day before"}).context["day"] == timezone.localdate()


def test_the_trial_balance_as_a_file_sums_to_zero(shop: Shop, staff: Client) -> None:
    lines = rows(staff.get(url("trial_balance_csv")))

    assert sum(Decimal(line["Debit"] or 0) for line in lines) == sum(Decimal(line["Credit"] or 0) for line in lines) > 0
    assert {line["Currency"] for line in lines} == {"USD"}


def test_a_statement_shows_opening_entries_and_closing(shop: Shop, staff: Client) -> None:
    answer = staff.get(url("statement", held(shop).pk))

    sums, lines = answer.context["sums"], answer.context["lines"]
    assert sums["opening"] == "$0.00"
    assert sums["closing"] == lines[-1]["running"] == f"−${-balance('held') / 100:.2f}"
    assert lines[0]["running"] == f"−{lines[0]['credit']}"
    assert shop.to_ship.checkout.number in answer.content.decode()


def test_pages_of_a_statement_follow_each_other_without_a_gap(shop: Shop, staff: Client) -> None:
    for number in range(60):
        legs = [Leg(Account.POINTS_EXPENSE, number + 1), Leg(Account.POINTS_LIABILITY, -number - 1)]
        ledger.post(posting=Posting("test", uuid7(), uuid7().hex, "USD", legs), at=timezone.now())
    account = LedgerAccount.objects.get(kind="points_expense")

    first = staff.get(url("statement", account.pk))
    second = staff.get(url("statement", account.pk) + first.context["next_url"])

    assert (len(first.context["lines"]), len(second.context["lines"])) == (50, 10)
    assert second.context["next_url"] == ""
    assert second.context["lines"][-1]["running"] == first.context["sums"]["closing"] == "$18.30"
    assert len(rows(staff.get(first.context["csv_url"]))) == 60


def test_a_memo_is_no_formula_in_a_file(shop: Shop, staff: Client) -> None:
    legs = [Leg(Account.SUBSIDIES, 100), Leg(Account.COMMISSION, -100)]
    ledger.post(posting=Posting("test", uuid7(), "one", "USD", legs), at=timezone.now(), memo="=1+1")

    (line,) = rows(staff.get(url("statement_csv", LedgerAccount.objects.get(kind="subsidies").pk)))

    assert line["Memo"] == "'=1+1"
    assert (line["Debit"], line["Credit"], line["Balance"]) == ("1.00", "", "1.00")


@pytest.mark.parametrize(
    "query", [{"after": "x"}, {"after": "2026-01-01,1"}, {"from": "9999-99-99"}, {"from": "0001-01-01", "to": "9999-12-31"}]
)
def test_nonsense_in_the_address_is_passed_over(shop: Shop, staff: Client, query: dict[str, str]) -> None:
    assert staff.get(url("statement", held(shop).pk), query).status_code == 200


def test_an_account_nobody_has_is_not_found(staff: Client) -> None:
    assert staff.get(url("statement", uuid7())).status_code == 404


def test_staff_without_the_right_see_no_books(shop: Shop) -> None:
    browser = Client()
    browser.force_login(make_user(is_staff=True))

    for address in [url(name) for name in NAMES] + [url("statement", held(shop).pk), url("statement_csv", held(shop).pk)]:
        assert browser.get(address).status_code == 403, address


def test_books_cost_the_same_number_of_statements_whatever_their_size(
    shop: Shop, stranger: Shop, staff: Client, django_assert_max_num_queries: Any
) -> None:
    for address in [url(name) for name in NAMES] + [url("statement", held(shop).pk)]:
        staff.get(address)
        with django_assert_max_num_queries(15):
            staff.get(address)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_books_can_be_read_in_both_languages(shop: Shop, staff: Client, language: str) -> None:
    for address in [url("chart"), url("trial_balance"), url("statement", held(shop).pk)]:
        assert staff.get(address, headers={"accept-language": language}).status_code == 200
