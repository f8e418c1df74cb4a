"""The operator looks at a compared day and says why sides differ."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from payments.models import Reconciliation, ReconciliationDifference, SandboxPayment
from payments.services import reconciliation
from tests.backoffice.test_payments_work import page, press
from tests.factories.accounts import make_user
from tests.payments.test_reconciliation import YESTERDAY, compare, paid

pytestmark = pytest.mark.django_db
LIST = "admin:payments_reconciliation_changelist"


@pytest.fixture
def staff(operator: User, client: Client) -> Client:
    client.force_login(operator)
    return client


def ask(browser: Client, **data: Any) -> Any:
    return browser.post(reverse("admin:payments_reconciliation_compare_day"), {"_form_submitted": "1", **data}, follow=True)


def differing() -> tuple[Reconciliation, ReconciliationDifference]:
    paid()
    SandboxPayment.objects.update(amount_minor=9_000)
    row = compare()
    return row, row.differences.get()


def test_a_days_page_puts_both_sides_beside_each_other(staff: Client) -> None:
    row, difference = differing()

    text = page(staff, row)

    for expected in (
        "$100.00",
        "$90.00",
        "$10.00",
        "Another amount",
        difference.provider_id,
        reverse("admin:payments_paymentattempt_change", args=[difference.reference]),
    ):
        assert expected in text, expected


def test_the_list_shows_the_last_thirty_days_as_a_chart(staff: Client) -> None:
    differing()

    answer = staff.get(reverse(LIST))

    chart = answer.context["chart"]
    assert len(chart["bars"]) == 30
    assert [part["tone"] for part in chart["bars"][28]["parts"]] == ["danger"]
    assert "1 movements, 1 open differences" in answer.content.decode()


def test_the_operator_explains_a_difference_and_the_day_is_explained(staff: Client) -> None:
    row, difference = differing()

    press(staff, difference, "explain", reason="")
    difference.refresh_from_db()
    assert difference.status == "open"

    press(staff, difference, "explain", reason="bank rounded")
    row.refresh_from_db()
    difference.refresh_from_db()
    assert (row.status, difference.status, difference.note) == ("explained", "explained", "bank rounded")
    assert "bank rounded" in page(staff, row)


def test_the_operator_asks_for_a_day_and_sees_its_page(staff: Client, operator: User) -> None:
    paid()

    ask(staff, day=YESTERDAY.isoformat(), gateway="sandbox")
    reconciliation.reconcile_due(at=timezone.now())

    row = Reconciliation.objects.get()
    assert row.status == "clean"
    assert operator.email in page(staff, row) or row.runs == 1


def test_a_day_to_come_is_refused_with_words(staff: Client) -> None:
    answer = ask(staff, day="2999-01-01", gateway="sandbox")

    assert "Only a day that has begun can be compared." in answer.content.decode()
    assert not Reconciliation.objects.exists()


def test_the_home_counts_open_differences(staff: Client) -> None:
    differing()

    tiles = {tile["title"]: tile for tile in staff.get("/admin/").context["todo"]}

    tile = tiles["Differences from providers"]
    assert tile["count"] == 1
    assert staff.get(tile["url"]).context["cl"].result_count == 1


def test_who_may_only_look_asks_for_nothing_and_settles_nothing() -> None:
    _, difference = differing()
    clerk = make_user(is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_reconciliation", "view_reconciliationdifference"]))
    browser = Client()
    browser.force_login(clerk)

    assert browser.get(reverse(LIST)).status_code == 200
    assert ask(browser, day=YESTERDAY.isoformat(), gateway="sandbox").status_code == 403
    assert press(browser, difference, "resolve", reason="x").status_code == 403
    difference.refresh_from_db()
    assert difference.status == "open"
