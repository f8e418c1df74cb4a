"""Papers of applications: what is taken, where it lies, and warnings before it ends."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import Image

from core.models import OutboxEvent
from merchants.application_rules import first_end, label_of, warning_due
from merchants.application_selectors import expiring_documents, points_of
from merchants.errors import (
    ApplicationClosed,
    ApplicationInvalid,
    ApplicationNotFound,
    DocumentExpired,
    DocumentKnown,
    DocumentNotFound,
    DocumentRefused,
    DocumentsTooMany,
)
from merchants.models import ApplicationDocument, MerchantApplication
from merchants.services import suspend_merchant
from merchants.services.application_decisions import approve_application
from merchants.services.application_documents import add_document, document_path, remove_document, warn_of_documents
from tests.factories.accounts import make_user
from tests.factories.applications import add_paper, make_application, make_draft, pdf, picture

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = NOW.date()
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def private(settings: Any, tmp_path: Path) -> Path:
    settings.PRIVATE_ROOT = tmp_path
    return tmp_path


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as zipped:
        zipped.writestr("evil.html", "<script>alert(1)</script>")
    return target.getvalue()


def test_a_pdf_is_kept_as_it_is_and_a_picture_is_made_anew(private: Path) -> None:
    row = make_draft(papers=False)
    exif = Image.Exif()
    exif[0x010F] = "Secret camera"
    target = io.BytesIO()
    Image.new("RGB", (60, 40), "blue").save(target, "JPEG", exif=exif)

    paper = add_paper(row, data=pdf("licence"), name="../../etc/营业执照\u202e.pdf")
    photo = add_paper(row, kind="identity", data=target.getvalue(), name="id.jpg")
    drawn = add_paper(row, kind="premises", data=picture("PNG"), name="front.png")

    assert (paper.content_type, paper.name) == ("application/pdf", "营业执照.pdf")
    assert document_path(paper).read_bytes() == pdf("licence")
    assert str(document_path(paper)).startswith(f"{private}/applications/{row.pk}/")
    assert (photo.content_type, drawn.content_type) == ("image/jpeg", "image/jpeg")
    assert b"Secret camera" not in document_path(photo).read_bytes()
    assert len(files(private)) == 3


HOSTILE: dict[str, Any] = {
    "nothing": lambda: b"",
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "html called jpg": lambda: b"<!doctype html><script>alert(1)</script>",
    "gif": lambda: picture("GIF"),
    "webp": lambda: picture("WEBP"),
    "jpeg with a script": lambda: picture() + b"<script>alert(1)</script>",
    "jpeg with an archive": lambda: picture() + archive(),
    "broken jpeg": lambda: picture()[:60],
    "archive": archive,
    "pdf cut short": lambda: b"%PDF-1.7\nnothing more",
    "pdf after a page": lambda: b"<html>" + pdf(),
    "pdf with a program": lambda: pdf("/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
    "pdf that starts something": lambda: pdf("/Launch"),
    "pdf with files inside": lambda: pdf("/EmbeddedFile"),
    "pdf with an archive": lambda: pdf() + archive() + b"%%EOF",
    "too large": lambda: b"%PDF-1.4\n" + b"x" * 20_000_000 + b"%%EOF",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_plain_paper_is_refused(what: str, private: Path) -> None:
    row = make_draft(papers=False)

    with pytest.raises(DocumentRefused):
        add_paper(row, data=HOSTILE[what](), name="licence.pdf")

    assert not ApplicationDocument.objects.exists()
    assert files(private) == []


def test_a_picture_of_too_many_pixels_is_refused(private: Path) -> None:
    target = io.BytesIO()
    Image.new("L", (9_000, 9_000)).save(target, "PNG")

    with pytest.raises(DocumentRefused):
        add_paper(make_draft(papers=False), data=target.getvalue())

    assert files(private) == []


def test_papers_that_ended_are_of_unknown_kind_or_are_there_already_are_refused(private: Path) -> None:
    row = make_draft(papers=False)
    add_paper(row, data=pdf())

    with pytest.raises(DocumentExpired):
        add_paper(row, expires_on=TODAY - 2 * DAY)
    with pytest.raises(ApplicationInvalid):
        add_paper(row, kind="diploma")
    with pytest.raises(DocumentKnown):
        add_paper(row, data=pdf())

    assert ApplicationDocument.objects.count() == len(files(private)) == 1


def test_there_is_a_most_of_papers(private: Path) -> None:
    row = make_draft(papers=False)
    for _ in range(12):
        add_paper(row)

    with pytest.raises(DocumentsTooMany):
        add_paper(row)

    assert ApplicationDocument.objects.count() == len(files(private)) == 12


def test_strangers_add_and_remove_nothing(private: Path) -> None:
    row, stranger = make_draft(), make_user()
    paper = row.documents.all()[0]
    before = len(files(private))

    with pytest.raises(ApplicationNotFound):
        add_document(application_id=row.pk, user=stranger, kind="licence", name="x", data=pdf("other"), expires_on=None, at=NOW)
    with pytest.raises(ApplicationNotFound):
        remove_document(application_id=row.pk, user=stranger, document_id=paper.pk)
    with pytest.raises(DocumentNotFound):
        remove_document(application_id=make_draft(stranger).pk, user=stranger, document_id=paper.pk)

    assert row.documents.count() == before


@pytest.mark.django_db(transaction=True)
def test_a_removed_paper_is_gone_with_its_file(private: Path) -> None:
    row = make_draft(papers=False)
    paper = add_paper(row)

    remove_document(application_id=row.pk, user=row.applicant, document_id=paper.pk)

    assert files(private) == []
    assert not row.documents.exists()


def test_papers_of_what_was_sent_stay(private: Path) -> None:
    row = make_application()
    before = len(files(private))

    with pytest.raises(ApplicationClosed):
        add_paper(row)
    with pytest.raises(ApplicationClosed):
        remove_document(application_id=row.pk, user=row.applicant, document_id=row.documents.all()[0].pk)

    assert row.documents.count() == len(files(private)) == before


def test_an_ended_paper_does_not_count() -> None:
    row = make_draft(kind="individual")
    ApplicationDocument.objects.filter(kind="identity").update(expires_on=TODAY - DAY)

    row = MerchantApplication.objects.get(pk=row.pk)

    assert [point.code for point in points_of(row, TODAY) if not point.is_done] == ["identity"]


def shop_with_paper(ends: dt.date) -> tuple[MerchantApplication, ApplicationDocument]:
    row = make_draft()
    paper = add_paper(row, kind="permit", expires_on=ends)
    row.submitted_at = NOW
    MerchantApplication.objects.filter(pk=row.pk).update(status="submitted")
    approve_application(application_id=row.pk, actor="operator:test", at=NOW)
    row.refresh_from_db()
    return row, paper


def warned() -> list[int]:
    return [event.payload["days"] for event in OutboxEvent.objects.filter(name="DocumentExpiring").order_by("id")]


def test_a_shop_is_warned_30_and_7_days_before_once_each() -> None:
    _, paper = shop_with_paper(TODAY + 60 * DAY)

    counts = [warn_of_documents(at=NOW + days * DAY) for days in (29, 30, 30, 31, 52, 53, 53, 54, 70)]

    assert counts == [0, 1, 0, 0, 0, 1, 0, 0, 0]
    assert warned() == [30, 7]
    assert list(expiring_documents(TODAY + 31 * DAY)) == [paper]


def test_a_paper_that_was_replaced_a_draft_and_a_suspended_shop_are_not_warned_of() -> None:
    replaced, _ = shop_with_paper(TODAY + 10 * DAY)
    add_paper(replaced, kind="permit", expires_on=TODAY + 400 * DAY)
    suspended, _ = shop_with_paper(TODAY + 10 * DAY)
    assert suspended.merchant
    suspend_merchant(merchant_id=suspended.merchant.pk, actor="operator:test", reason="x", at=NOW)
    add_paper(make_draft(papers=False), kind="permit", expires_on=TODAY + 10 * DAY)

    assert warn_of_documents(at=NOW) == 0

    assert warned() == []


@pytest.mark.parametrize(
    ("left", "last", "due"),
    [(31, None, None), (30, None, 30), (8, None, 30), (7, None, 7), (-3, None, 7), (7, 30, 7), (8, 30, None), (2, 7, None)],
)
def test_which_warning_it_is_time_for(left: int, last: int | None, due: int | None) -> None:
    assert warning_due(TODAY + left * DAY, TODAY, last) == due


def test_the_first_end_is_that_of_the_paper_that_lasts_longest_of_its_kind() -> None:
    assert first_end([]) is None
    assert first_end([("licence", None), ("licence", TODAY)]) is None
    assert first_end([("licence", TODAY), ("licence", TODAY + 5 * DAY), ("permit", TODAY + 9 * DAY)]) == TODAY + 5 * DAY


def test_a_file_without_a_name_has_a_label() -> None:
    assert label_of("/\\\u202e..") == "–"
    assert len(label_of("x" * 500 + ".pdf")) == 120
