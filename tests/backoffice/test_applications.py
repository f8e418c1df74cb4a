"""The operator's queue of those who want to sell here."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.states import history
from merchants.models import Merchant, MerchantApplication
from merchants.services.application_decisions import approve_application
from tests.backoffice.test_work import CONFIRM
from tests.factories.accounts import make_user
from tests.factories.applications import add_paper, make_application, make_draft, pdf

pytestmark = pytest.mark.django_db
LIST = "/admin/merchants/merchantapplication/"


@pytest.fixture(autouse=True)
def _private(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path


@pytest.fixture
def staff(operator: User) -> Client:
    browser = Client()
    browser.force_login(operator)
    return browser


def page_of(row: MerchantApplication) -> str:
    return reverse("admin:merchants_merchantapplication_change", args=[row.pk])


def press(browser: Client, button: str, row: MerchantApplication, **typed: str) -> Any:
    return browser.post(reverse(f"admin:merchants_merchantapplication_{button}", args=[row.pk]), {**CONFIRM, **typed}, follow=True)


def staff_with(*codenames: str) -> Client:
    person = make_user(is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    browser = Client()
    browser.force_login(person)
    return browser


def test_who_has_waited_longest_comes_first(staff: Client) -> None:
    now = timezone.now()
    make_draft(name="Draft shop")
    make_application(name="Younger shop", at=now)
    returned = make_application(name="Returned shop", at=now - dt.timedelta(days=9))
    MerchantApplication.objects.filter(pk=returned.pk).update(status="returned")
    make_application(name="Older shop", at=now - dt.timedelta(hours=5))

    listed = staff.get(LIST).text
    waiting = staff.get(f"{LIST}?queue=waiting").text

    assert listed.index("Older shop") < listed.index("Younger shop") < listed.index("Returned shop") < listed.index("Draft shop")
    assert "Draft shop" not in waiting
    assert "Shops to let in" in staff.get("/admin/").text


def test_a_press_opens_the_shop(staff: Client, operator: User) -> None:
    row = make_application(name="Lamp <b>House</b>")
    page = staff.get(page_of(row)).text
    assert "Lamp &lt;b&gt;House" in page
    assert row.applicant.email in page

    press(staff, "take", row)
    answer = press(staff, "approve", row)

    assert "The shop is open." in answer.text
    assert Merchant.objects.get().memberships.get().user == row.applicant
    assert {move.actor for move in history(row)} == {f"applicant:{row.applicant_id}", f"operator:{operator.pk}"}


@pytest.mark.parametrize(("button", "status"), [("give_back", "returned"), ("reject", "rejected")])
def test_other_answers_need_a_reason(staff: Client, button: str, status: str) -> None:
    row = make_application()

    press(staff, button, row, reason="")
    row.refresh_from_db()
    assert row.status == "submitted"

    press(staff, button, row, reason="The licence is not readable.")
    row.refresh_from_db()
    assert (row.status, row.answer) == (status, "The licence is not readable.")
    assert "The licence is not readable." in staff.get(page_of(row)).text


def test_a_paper_is_saved_and_never_shown_by_the_browser(staff: Client) -> None:
    row = make_application()
    paper = row.documents.first()
    assert paper

    answer: Any = staff.get(f"{page_of(row)}?document={paper.pk}")

    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"].startswith("private, no-store")
    other = make_application().documents.first()
    assert other
    for key in (str(other.pk), "x", ""):
        assert staff.get(f"{page_of(row)}?document={key}").status_code == 404


def test_who_may_only_look_decides_nothing_and_who_may_not_look_sees_nothing() -> None:
    row = make_application()
    paper = row.documents.first()
    assert paper
    looking, other = staff_with("view_merchantapplication"), staff_with("view_merchant")

    assert looking.get(page_of(row)).status_code == 200
    for button in ("take", "approve", "give_back", "reject"):
        assert press(looking, button, row, reason="x").status_code == 403
        assert press(other, button, row, reason="x").status_code == 403
    assert other.get(f"{page_of(row)}?document={paper.pk}").status_code == 403
    assert other.get(LIST).status_code == 403

    row.refresh_from_db()
    assert row.status == "submitted"


def test_shops_whose_papers_end_are_found(staff: Client) -> None:
    row = make_draft(name="Ending shop")
    add_paper(row, kind="permit", expires_on=timezone.now().date() + dt.timedelta(days=20), data=pdf("permit"))
    MerchantApplication.objects.filter(pk=row.pk).update(status="submitted")
    approve_application(application_id=row.pk, actor="operator:test", at=timezone.now())
    approve_application(application_id=make_application(name="Lasting shop").pk, actor="operator:test", at=timezone.now())

    listed = staff.get(f"{LIST}?queue=ending").text

    assert "Ending shop" in listed
    assert "Lasting shop" not in listed


def test_the_list_and_the_page_ask_few_questions(staff: Client) -> None:
    rows = [make_application() for _ in range(4)]
    staff.get(LIST)

    with CaptureQueriesContext(connection) as listing:
        staff.get(LIST)
    with CaptureQueriesContext(connection) as reading:
        staff.get(page_of(rows[0]))

    assert (len(listing), len(reading)) == (5, 5)
