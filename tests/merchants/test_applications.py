"""Applying to sell here: what may be written, what has to be there, and what is answered."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.ids import uuid7
from core.models import OutboxEvent
from core.states import IllegalTransition, history
from logistics.models import Warehouse
from merchants.application_selectors import points_of
from merchants.errors import (
    AlreadyInTeam,
    ApplicationClosed,
    ApplicationIncomplete,
    ApplicationInvalid,
    ApplicationKindRefused,
    ApplicationNotFound,
    ReasonMissing,
    ShopSlugInvalid,
    ShopSlugTaken,
)
from merchants.models import Membership, Merchant, MerchantApplication
from merchants.services.application_decisions import approve_application, reject_application, return_application, take_in_review
from merchants.services.applications import save_draft, start_application, submit_application, withdraw_application
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.applications import make_application, make_draft
from tests.factories.merchants import make_membership, make_merchant

pytestmark = pytest.mark.django_db
OPERATOR = "operator:test"


@pytest.fixture(autouse=True)
def _private(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path


def decide(service: Any, row: MerchantApplication, **more: Any) -> Any:
    return service(application_id=row.pk, actor=OPERATOR, at=timezone.now(), **more)


def test_a_person_has_one_open_application() -> None:
    user = make_user()

    first = start_application(user=user, kind="company", at=timezone.now())
    second = start_application(user=user, kind="individual", at=timezone.now())

    assert first == second
    assert second.kind == "company"
    with pytest.raises(IntegrityError), transaction.atomic():
        MerchantApplication.objects.create(applicant=user, kind="company")


@pytest.mark.parametrize("kind", ["", "bank", "self_operated"])
def test_only_kinds_that_this_person_may_be_can_be_chosen(kind: str) -> None:
    with pytest.raises(ApplicationKindRefused):
        start_application(user=make_user(), kind=kind, at=timezone.now())

    assert not MerchantApplication.objects.exists()


def test_the_marketplaces_own_people_open_its_own_shops() -> None:
    row = start_application(user=make_user(is_staff=True), kind="self_operated", at=timezone.now())

    assert row.kind == "self_operated"


def test_who_works_for_a_shop_does_not_apply() -> None:
    member = make_membership()

    with pytest.raises(AlreadyInTeam):
        start_application(user=member.user, kind="company", at=timezone.now())

    assert not MerchantApplication.objects.exists()


def test_a_draft_keeps_what_is_said_and_nothing_else_changes() -> None:
    row = make_draft(papers=False, name="Lamp   House", name_zh="灯屋", tax_number="ab 12")

    changed = save_draft(application_id=row.pk, user=row.applicant, kind="local_store", latitude=Decimal("31.2304165"))

    changed.refresh_from_db()
    assert (changed.name, changed.tax_number, changed.kind) == ("Lamp House", "AB 12", "local_store")
    assert changed.i18n == {"zh-hans": {"name": "灯屋"}}
    assert changed.latitude == Decimal("31.230416")


BAD: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"name": "x" * 81}, ApplicationInvalid),
    ({"name": "Lamp\u202eHouse"}, ApplicationInvalid),
    ({"contact": "a\0b"}, ApplicationInvalid),
    ({"email": "nobody"}, ApplicationInvalid),
    ({"country": "XX"}, ApplicationInvalid),
    ({"description": "x" * 2_001}, ApplicationInvalid),
    ({"latitude": Decimal(91)}, ApplicationInvalid),
    ({"longitude": Decimal("NaN")}, ApplicationInvalid),
    ({"opening_hours": {"mon": [["18:00", "09:00"]]}}, ApplicationInvalid),
    ({"opening_hours": {"mon": [["9", "18"]]}}, ApplicationInvalid),
    ({"opening_hours": {"someday": [["09:00", "18:00"]]}}, ApplicationInvalid),
    ({"slug": "灯"}, ShopSlugInvalid),
    ({"slug": "x" * 61}, ShopSlugInvalid),
]


@pytest.mark.parametrize(("said", "refusal"), BAD)
def test_what_cannot_be_kept_is_refused(said: dict[str, Any], refusal: type[Exception]) -> None:
    row = make_draft(papers=False)
    before = MerchantApplication.objects.values().get()

    with pytest.raises(refusal):
        save_draft(application_id=row.pk, user=row.applicant, kind="company", **said)

    assert MerchantApplication.objects.values().get() == before


def test_an_address_that_a_shop_has_or_had_is_taken() -> None:
    make_merchant(slug="lanterns")
    row = make_draft(papers=False)

    with pytest.raises(ShopSlugTaken):
        save_draft(application_id=row.pk, user=row.applicant, kind="company", slug="Lanterns")

    row.refresh_from_db()
    assert row.slug != "lanterns"


def test_a_stranger_reaches_nothing() -> None:
    row, stranger = make_draft(), make_user()

    with pytest.raises(ApplicationNotFound):
        save_draft(application_id=row.pk, user=stranger, kind="company", name="Mine")
    with pytest.raises(ApplicationNotFound):
        submit_application(application_id=row.pk, user=stranger, at=timezone.now())
    with pytest.raises(ApplicationNotFound):
        withdraw_application(application_id=row.pk, user=stranger, at=timezone.now())

    row.refresh_from_db()
    assert row.status == "draft"


@pytest.mark.parametrize(
    ("kind", "said", "missing"),
    [
        ("company", {"tax_number": ""}, "tax"),
        ("company", {"slug": ""}, "shop"),
        ("individual", {"phone": ""}, "contact"),
        ("individual", {"city": ""}, "place"),
        ("local_store", {}, "store"),
    ],
)
def test_only_a_complete_application_can_be_sent(kind: str, said: dict[str, Any], missing: str) -> None:
    row = make_draft(kind=kind, **said)

    assert [point.code for point in points_of(row, timezone.now().date()) if not point.is_done] == [missing]
    with pytest.raises(ApplicationIncomplete):
        submit_application(application_id=row.pk, user=row.applicant, at=timezone.now())

    row.refresh_from_db()
    assert (row.status, row.submitted_at) == ("draft", None)
    assert not history(row).exists()


def test_what_was_sent_cannot_be_changed_until_it_is_answered() -> None:
    row = make_application()

    with pytest.raises(ApplicationClosed):
        save_draft(application_id=row.pk, user=row.applicant, kind="company", name="Other")
    with pytest.raises(ApplicationClosed):
        submit_application(application_id=row.pk, user=row.applicant, at=timezone.now())

    decide(return_application, row, reason="The licence is not readable.")
    save_draft(application_id=row.pk, user=row.applicant, kind="company", name="Other")
    again = submit_application(application_id=row.pk, user=row.applicant, at=timezone.now())
    assert (again.status, again.answer, again.name) == ("submitted", "", "Other")
    steps = [(move.from_status, move.to_status, move.reason) for move in history(row)]
    assert steps == [
        ("draft", "submitted", ""),
        ("submitted", "in_review", ""),
        ("in_review", "returned", "The licence is not readable."),
        ("returned", "submitted", ""),
    ]


def test_approval_opens_a_shop_with_owner_plan_and_warehouse_once() -> None:
    row = make_application(name_zh="灯屋")
    decide(take_in_review, row)
    decide(take_in_review, row)

    merchant = decide(approve_application, row)
    again = decide(approve_application, row)
    drain()

    assert merchant == again == Merchant.objects.get()
    assert (merchant.slug, merchant.kind, merchant.status, merchant.city) == (row.slug, "company", "active", "Shanghai")
    assert (merchant.name, merchant.text("name", "zh-hans"), merchant.tax_number) == (row.name, "灯屋", "91310000MA1")
    assert "<b>" not in merchant.description
    assert "Lamps &amp; " in merchant.description
    assert merchant.commission_plan.name == "Standard"
    assert Membership.objects.get().user == row.applicant
    assert Membership.objects.get().role == "owner"
    warehouse = Warehouse.objects.get()
    assert (warehouse.merchant, warehouse.city, warehouse.kind) == (merchant, "Shanghai", "central")
    row.refresh_from_db()
    assert (row.status, row.merchant) == ("approved", merchant)
    assert OutboxEvent.objects.filter(name="MerchantApproved").count() == 1


@pytest.mark.parametrize("status", ["draft", "withdrawn", "rejected", "returned"])
@pytest.mark.parametrize("service", [approve_application, return_application, reject_application, take_in_review])
def test_only_what_waits_is_decided(service: Any, status: str) -> None:
    row = make_draft() if status == "draft" else make_application()
    if status == "withdrawn":
        withdraw_application(application_id=row.pk, user=row.applicant, at=timezone.now())
    elif status in {"rejected", "returned"}:
        decide(reject_application if status == "rejected" else return_application, row, reason="No.")
    steps = history(row).count()
    more = {"reason": "Why"} if service in {return_application, reject_application} else {}

    with pytest.raises(IllegalTransition):
        decide(service, row, **more)

    row.refresh_from_db()
    assert row.status == status
    assert history(row).count() == steps
    assert not Merchant.objects.exists()


@pytest.mark.parametrize("reason", ["", "  ", "\0", "x" * 1_001])
@pytest.mark.parametrize("service", [return_application, reject_application])
def test_an_answer_other_than_yes_has_a_reason(service: Any, reason: str) -> None:
    row = make_application()

    with pytest.raises(ReasonMissing):
        decide(service, row, reason=reason)

    row.refresh_from_db()
    assert row.status == "submitted"


def test_a_long_reason_is_kept_whole_and_shortened_in_the_history() -> None:
    row = make_application()

    decided = decide(reject_application, row, reason="x" * 1_000)

    assert len(decided.answer) == 1_000
    assert len(history(row).last().reason) == 200  # type: ignore[union-attr]


def test_an_address_that_was_taken_meanwhile_stops_the_approval() -> None:
    row = make_application(slug="lanterns")
    make_merchant(slug="lanterns")

    with pytest.raises(ShopSlugTaken):
        decide(approve_application, row)

    row.refresh_from_db()
    assert (row.status, row.merchant) == ("submitted", None)
    assert Merchant.objects.count() == 1


def test_an_applicant_who_joined_a_team_meanwhile_gets_no_shop() -> None:
    row = make_application()
    make_membership(user=row.applicant, role="catalogue")

    with pytest.raises(AlreadyInTeam):
        decide(approve_application, row)

    row.refresh_from_db()
    assert row.status == "submitted"


def test_what_was_decided_is_not_withdrawn_and_what_was_withdrawn_stays_so() -> None:
    row = make_application()
    first = withdraw_application(application_id=row.pk, user=row.applicant, at=timezone.now())
    again = withdraw_application(application_id=row.pk, user=row.applicant, at=timezone.now() + dt.timedelta(days=1))
    assert first.decided_at == again.decided_at

    approved = make_application()
    decide(approve_application, approved)
    with pytest.raises(IllegalTransition):
        withdraw_application(application_id=approved.pk, user=approved.applicant, at=timezone.now())

    approved.refresh_from_db()
    assert approved.status == "approved"


def test_after_no_a_person_applies_anew() -> None:
    row = make_application()
    decide(reject_application, row, reason="No.")

    anew = start_application(user=row.applicant, kind="individual", at=timezone.now())

    assert anew != row
    assert MerchantApplication.objects.count() == 2


def test_nothing_is_decided_about_an_application_that_does_not_exist() -> None:
    with pytest.raises(ApplicationNotFound):
        approve_application(application_id=uuid7(), actor=OPERATOR, at=timezone.now())
