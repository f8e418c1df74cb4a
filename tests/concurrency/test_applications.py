"""Decisions about one application, and first steps of one person, at the same moment."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from core.models import OutboxEvent, StateChange
from merchants.errors import ShopSlugTaken
from merchants.models import Membership, Merchant, MerchantApplication
from merchants.services import application_decisions as decisions
from merchants.services import applications
from merchants.services.application_documents import warn_of_documents
from tests.concurrency.racing import at_once, refusals, successes
from tests.factories.accounts import make_user
from tests.factories.applications import add_paper, make_application, make_draft

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


@pytest.fixture(autouse=True)
def _private(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path


def deciding(service: Any, row: MerchantApplication, **more: Any) -> Any:
    return partial(service, application_id=row.pk, actor="operator:test", at=timezone.now(), **more)


def test_approvals_at_once_open_one_shop_and_all_hear_of_it() -> None:
    for number in range(ROUNDS):
        row = make_application()

        outcomes = at_once([deciding(decisions.approve_application, row)] * 4)

        assert refusals(outcomes) == []
        assert len({merchant.pk for merchant in outcomes}) == 1
        assert Merchant.objects.count() == Membership.objects.count() == number + 1
        assert OutboxEvent.objects.filter(name="MerchantApproved", payload__application_id=str(row.pk)).count() == 1
        assert StateChange.objects.filter(entity_id=row.pk, to_status="approved").count() == 1


def test_without_the_lock_the_others_would_be_refused_but_still_open_no_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the conditional UPDATE is the wall behind the lock."""
    monkeypatch.setattr(decisions, "locked", lambda application_id: MerchantApplication.objects.get(pk=application_id))
    refused = 0
    for number in range(ROUNDS):
        row = make_application()

        outcomes = at_once([deciding(decisions.approve_application, row)] * 4)

        refused += len(refusals(outcomes))
        assert Merchant.objects.count() == number + 1
    assert refused


def test_yes_and_no_at_once_are_one_of_the_two() -> None:
    for _ in range(ROUNDS):
        row = make_application()

        outcomes = at_once(
            [deciding(decisions.approve_application, row), deciding(decisions.reject_application, row, reason="No.")] * 2
            + [partial(applications.withdraw_application, application_id=row.pk, user=row.applicant, at=timezone.now())]
        )

        row.refresh_from_db()
        assert row.status in {"approved", "rejected", "withdrawn"}
        assert successes(outcomes)
        assert Merchant.objects.filter(application=row).exists() == (row.status == "approved")
        assert Membership.objects.filter(user=row.applicant).exists() == (row.status == "approved")


def test_two_applications_for_one_address_do_not_both_get_it() -> None:
    for number in range(ROUNDS):
        rows = [make_application(slug=f"wanted-{number}") for _ in range(2)]

        outcomes = at_once([deciding(decisions.approve_application, row) for row in rows])

        assert len(successes(outcomes)) == 1
        assert [type(error) for error in refusals(outcomes)] == [ShopSlugTaken]
        assert Merchant.objects.filter(slug__startswith=f"wanted-{number}").count() == 1
        assert sorted(MerchantApplication.objects.filter(slug=f"wanted-{number}").values_list("status", flat=True)) == [
            "approved",
            "submitted",
        ]


def test_beginning_in_many_tabs_is_one_application() -> None:
    for _ in range(ROUNDS):
        user = make_user()

        outcomes = at_once([partial(applications.start_application, user=user, kind="company", at=timezone.now())] * 4)

        assert refusals(outcomes) == []
        assert MerchantApplication.objects.filter(applicant=user).count() == 1


def test_two_workers_warn_of_a_paper_once() -> None:
    row = make_draft()
    now = timezone.now()
    for _ in range(6):
        add_paper(row, kind="brand", expires_on=now.date())
    row = applications.submit_application(application_id=row.pk, user=row.applicant, at=now)
    decisions.approve_application(application_id=row.pk, actor="operator:test", at=now)

    outcomes = at_once([partial(warn_of_documents, at=now)] * 3)

    assert refusals(outcomes) == []
    assert sum(outcomes) == OutboxEvent.objects.filter(name="DocumentExpiring").count() == 6
