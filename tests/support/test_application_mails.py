"""What applicants, the operator and shops are told by mail."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from merchants.models import MerchantApplication
from merchants.services.application_decisions import approve_application, reject_application, return_application
from merchants.services.application_documents import warn_of_documents
from merchants.services.applications import submit_application
from support.models import Mail
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.applications import add_paper, make_application, make_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path


def mails(kind: str) -> list[Mail]:
    return list(Mail.objects.filter(kind=kind).order_by("created_at"))


def test_each_answer_is_told_in_the_applicants_language_once_per_time() -> None:
    reviewer = make_user(is_staff=True, is_superuser=True)
    user = make_user(language="zh-hans")
    row = make_application(user, name_zh="灯屋")
    drain()
    for reason in ("执照看不清", "身份证已过期"):
        return_application(application_id=row.pk, reason=reason, actor="operator:test", at=timezone.now())
        drain()
        submit_application(application_id=row.pk, user=user, at=timezone.now())
        drain()
    approve_application(application_id=row.pk, actor="operator:test", at=timezone.now())
    drain()

    assert {mail.to for mail in mails("application_submitted")} == {user.email}
    assert [mail.to for mail in mails("application_to_review")] == [reviewer.email] * 3
    first, second = mails("application_returned")
    assert "执照看不清" in first.text
    assert "身份证已过期" in second.text
    assert "灯屋" in first.subject
    assert "/sell/apply/" in first.text
    (welcome,) = mails("application_approved")
    assert f"/s/{row.slug}/" in welcome.text
    assert "/merchant/" in welcome.text


def test_a_no_says_why() -> None:
    row = make_application()
    reject_application(application_id=row.pk, reason="We cannot check this licence.", actor="operator:test", at=timezone.now())
    drain()

    (mail,) = mails("application_rejected")
    assert mail.to == row.applicant.email
    assert "We cannot check this licence." in mail.text
    assert mails("application_submitted") == []


def test_owners_are_told_of_papers_that_end_unless_they_were_quicker() -> None:
    now = timezone.now()
    row = make_draft()
    ends = now.date() + dt.timedelta(days=20)
    add_paper(row, kind="permit", expires_on=ends)
    add_paper(row, kind="brand", expires_on=ends)
    MerchantApplication.objects.filter(pk=row.pk).update(status="submitted")
    approve_application(application_id=row.pk, actor="operator:test", at=now)
    assert warn_of_documents(at=now) == 2
    row.refresh_from_db()
    add_paper(row, kind="brand", expires_on=ends + dt.timedelta(days=300))

    for _ in range(2):
        drain()

    (mail,) = mails("document_ends")
    assert mail.to == row.applicant.email
    assert "30 days" in mail.subject
    assert "Trade permit" in mail.text
