"""The pages of those who want to sell here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from core.ids import uuid7
from merchants.models import ApplicationDocument, MerchantApplication
from merchants.services.application_decisions import approve_application, reject_application, return_application
from tests.factories.accounts import make_user
from tests.factories.applications import SAID, add_paper, make_application, make_draft, pdf, picture
from tests.factories.merchants import make_membership, make_merchant

pytestmark = pytest.mark.django_db
APPLY = "/sell/apply/"
TYPED = {**SAID, "kind": "individual", "name": "Lamp House", "name_zh": "灯屋", "slug": "lamp-house"}


@pytest.fixture(autouse=True)
def _private(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path


@pytest.fixture
def user(client: Client) -> User:
    user = make_user()
    client.force_login(user)
    return user


def upload(data: bytes, name: str = "id.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def percent(page: str) -> int:
    found = re.search(r'data-percent="(\d+)"', page)
    assert found
    return int(found.group(1))


def test_everybody_reads_what_selling_here_means(client: Client) -> None:
    page = client.get("/sell/")

    assert page.status_code == 200
    assert "5% of what you sell" in page.text
    assert "Business licence" in page.text
    assert 'href="/sell/"' in client.get("/help/").text


def test_guests_sign_in_first(client: Client) -> None:
    for path in (APPLY, f"/sell/apply/documents/{uuid7()}/"):
        assert client.get(path)["Location"].startswith("/sign-in/?next=/sell/apply/")
    for path in (APPLY, "/sell/apply/withdraw/"):
        assert client.post(path)["Location"].startswith("/sign-in/")


def test_from_the_choice_of_a_kind_to_the_answer(client: Client, user: User) -> None:
    assert "What are you?" in client.get(APPLY).text
    assert not MerchantApplication.objects.exists()
    client.post(APPLY, {"kind": "individual"})
    started = client.get(APPLY).text
    assert user.email in started

    client.post(APPLY, {**TYPED, "document_kind": "identity", "expires_on": "2090-01-01", "document": upload(pdf("id")), "then": "add"})
    client.post(APPLY, {**TYPED, "document_kind": "bank_proof", "document": upload(picture(), "bank.jpg"), "then": "save"})
    page = client.get(APPLY).text
    assert percent(started) < percent(page) == 100
    assert "灯屋" in page

    sent = client.post(APPLY, {**TYPED, "then": "send"}, follow=True)
    assert "Sent. You hear from us by mail." in sent.text
    row = MerchantApplication.objects.get()
    assert (row.status, row.kind, row.documents.count()) == ("submitted", "individual", 2)
    return_application(application_id=row.pk, reason="Not <readable>", actor="operator:test", at=timezone.now())
    assert "Not &lt;readable&gt;" in client.get(APPLY).text
    client.post(APPLY, {**TYPED, "then": "send"})
    merchant = approve_application(application_id=row.pk, actor="operator:test", at=timezone.now())

    done = client.get(APPLY).text
    assert 'data-state="approved"' in done
    assert f"/s/{merchant.slug}/" in done
    assert client.get("/merchant/").status_code == 200


def test_a_local_store_says_when_it_is_open_and_where(client: Client, user: User) -> None:
    row = make_draft(user, kind="local_store")
    hours = {"mon_from": "09:00", "mon_to": "18:30", "sun_from": "10:00", "sun_to": "12:00"}

    typed = {**TYPED, "kind": "local_store", "slug": row.slug, **hours, "latitude": "31.2304", "longitude": "121.4737"}
    client.post(APPLY, {**typed, "then": "save"})

    row.refresh_from_db()
    assert row.opening_hours == {"mon": [["09:00", "18:30"]], "sun": [["10:00", "12:00"]]}
    page = client.get(APPLY).text
    assert percent(page) == 100
    assert 'value="18:30"' in page


BAD: list[dict[str, Any]] = [
    {"kind": "self_operated"},
    {"kind": "x"},
    {"name": "x" * 81},
    {"email": "no"},
    {"phone": "call me"},
    {"country": "XX"},
    {"slug": "灯"},
    {"slug": "taken"},
    {"description": "a\0b"},
    {"description": "a\x07b"},
    {"latitude": "NaN"},
    {"longitude": "1e400"},
    {"mon_from": "25:00", "mon_to": "26:00"},
    {"mon_from": "09:00"},
    {"mon_from": "09:00", "mon_to": "08:00"},
    {"then": "add"},
    {"then": "add", "document_kind": "licence", "document": upload(b"<svg onload=alert(1)>", "licence.pdf")},
    {"document_kind": "diploma", "document": upload(pdf())},
    {"document_kind": "licence", "document": upload(pdf()), "expires_on": "2001-01-01"},
    {"document_kind": "licence", "document": upload(pdf()), "expires_on": "tomorrow"},
    {"document_kind": "licence", "document": upload(picture() + b"<script>", "licence.jpg")},
    {"document_kind": "licence", "document": upload(b"")},
    {"document_kind": "licence", "document": upload(b"%PDF-" + b"x" * 10_000_000 + b"%%EOF")},
]


@pytest.mark.parametrize("typed", BAD)
def test_bad_input_is_said_on_the_page(client: Client, user: User, typed: dict[str, Any]) -> None:
    make_merchant(slug="taken")
    row = make_draft(user, kind="local_store", papers=False)

    answer = client.post(APPLY, {**TYPED, "kind": "local_store", "name": "Lamp & House", **typed})

    assert answer.status_code in {409, 422}
    assert 'id="error-summary"' in answer.text
    row.refresh_from_db()
    assert row.status == "draft"
    assert not ApplicationDocument.objects.exists()


def test_more_than_is_taken_at_once_is_not_even_read(client: Client, user: User) -> None:
    make_draft(user, papers=False)

    answer = client.post(APPLY, {**TYPED, "document_kind": "licence", "document": upload(b"%PDF-" + b"x" * 20_000_000)})

    assert answer.status_code == 413
    assert not ApplicationDocument.objects.exists()


def test_an_incomplete_application_is_saved_and_not_sent(client: Client, user: User) -> None:
    client.post(APPLY, {"kind": "individual"})

    answer = client.post(APPLY, {**TYPED, "then": "send"})

    assert answer.status_code == 422
    assert "Something is still missing" in answer.text
    row = MerchantApplication.objects.get()
    assert (row.status, row.name) == ("draft", "Lamp House")


def test_a_paper_is_removed_and_what_was_typed_is_kept(client: Client, user: User) -> None:
    row = make_draft(user, kind="individual")
    paper = row.documents.get(kind="identity")

    client.post(APPLY, {**TYPED, "remove": str(paper.pk)})

    row.refresh_from_db()
    assert row.name == "Lamp House"
    assert not row.documents.filter(pk=paper.pk).exists()
    assert client.post(APPLY, {**TYPED, "slug": row.slug, "remove": "x"}).status_code == 404


def test_a_paper_comes_as_a_file_that_no_browser_looks_into(client: Client, user: User) -> None:
    paper = add_paper(make_draft(user, papers=False), data=pdf("mine"), name="执照.pdf")

    answer: Any = client.get(f"/sell/apply/documents/{paper.pk}/")

    assert b"".join(answer.streaming_content) == pdf("mine")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_strangers_paper_does_not_exist(client: Client, user: User) -> None:
    paper = make_draft().documents.first()
    assert paper
    make_draft(user)

    assert client.get(f"/sell/apply/documents/{paper.pk}/").status_code == 404
    assert client.post(APPLY, {**TYPED, "remove": str(paper.pk)}).status_code == 404
    assert ApplicationDocument.objects.filter(pk=paper.pk).exists()


def test_who_has_no_application_withdraws_none(client: Client, user: User) -> None:
    assert client.post("/sell/apply/withdraw/").status_code == 404
    assert client.get("/sell/apply/withdraw/").status_code == 405


def test_an_application_is_withdrawn_and_begun_anew(client: Client, user: User) -> None:
    make_application(user)

    client.post("/sell/apply/withdraw/")
    assert 'data-state="withdrawn"' in client.get(APPLY).text
    assert "What are you?" in client.get(f"{APPLY}?again=1").text
    client.post(APPLY, {"kind": "individual"})

    assert sorted(MerchantApplication.objects.values_list("status", flat=True)) == ["draft", "withdrawn"]


def test_what_was_sent_or_refused_shows_how_it_stands_and_takes_nothing(client: Client, user: User) -> None:
    row = make_application(user, kind="individual")

    refused = client.post(APPLY, {**TYPED, "document_kind": "licence", "document": upload(pdf())})
    assert refused.status_code == 409
    assert 'data-state="submitted"' in refused.text

    reject_application(application_id=row.pk, reason="We sell no lamps.", actor="operator:test", at=timezone.now())
    assert "We sell no lamps." in client.get(APPLY).text


def test_an_open_shop_adds_the_paper_that_follows_one_that_ends(client: Client, user: User) -> None:
    row = make_application(user)
    approve_application(application_id=row.pk, actor="operator:test", at=timezone.now())

    client.post(APPLY, {"then": "add", "document_kind": "licence", "expires_on": "2090-01-01", "document": upload(pdf("new"))})

    assert row.documents.filter(kind="licence").count() == 2


def test_who_works_for_a_shop_is_led_to_it(client: Client, user: User) -> None:
    make_membership(user=user)

    page = client.get(APPLY)
    refused = client.post(APPLY, {"kind": "company"})

    assert "/merchant/" in page.text
    assert refused.status_code == 409
    assert not MerchantApplication.objects.exists()


@pytest.mark.parametrize("state", ["none", "draft", "submitted"])
def test_the_number_of_queries_is_small(client: Client, user: User, state: str) -> None:
    if state != "none":
        row = make_draft(user) if state == "draft" else make_application(user)
        assert row.documents.count() == 3
    client.get(APPLY)

    with CaptureQueriesContext(connection) as queries:
        client.get(APPLY)

    assert len(queries) == {"none": 5, "draft": 5, "submitted": 6}[state], "\n".join(query["sql"][:150] for query in queries)


def test_the_pages_speak_chinese(client: Client, user: User) -> None:
    make_draft(user, papers=False)

    page = client.get(APPLY, headers={"accept-language": "zh-hans"}).text

    assert "还需要这些" in page
    assert "营业执照" in page
