"""A merchant offers files of a digital product, withdraws them, sets the terms, and grants a buyer more downloads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from catalog.models import DigitalFile, Product, Variant
from catalog.services.digital import file_path
from merchants.models import Membership
from orders.models import Download
from tests.factories.merchants import make_membership
from tests.factories.orders import make_buyer, make_cart, make_digital, make_goods, place
from tests.walkthrough import pay

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n% a small book\n"


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path


@pytest.fixture
def book(db: None) -> Variant:
    return make_digital(files=0)


@pytest.fixture
def owner(book: Variant, client: Client) -> Client:
    client.force_login(make_membership(book.merchant).user)
    return client


def page_of(variant: Variant) -> str:
    return reverse("merchant:digital-files", args=[variant.product_id])


def upload(client: Client, book: Variant, name: str = "book.pdf", content: bytes = PDF, **more: str) -> Any:
    data = {"action": "add", "label": "The book", "version": "2", "content": SimpleUploadedFile(name, content), **more}
    return client.post(page_of(book), data)


def test_a_file_is_kept_privately_under_a_name_of_ours(owner: Client, book: Variant, tmp_path: Path) -> None:
    assert upload(owner, book, name="../../etc/boo\u202ek.pdf").status_code == 302

    row = DigitalFile.objects.get()
    assert (row.name, row.label, row.version, row.size, len(row.sha256)) == ("book.pdf", "The book", "2", len(PDF), 64)
    assert file_path(row).read_bytes() == PDF
    assert file_path(row).is_relative_to(tmp_path)
    assert "book" not in row.file
    assert "The book" in owner.get(page_of(book)).content.decode()


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("page.html", b"<script>alert(1)</script>", 422),
        ("drawing.svg", b"<svg onload='x'/>", 422),
        ("picture.jpg", b"<html><script>", 422),
        ("notes.txt", b"  <script>alert(1)</script>", 422),
        ("run.txt", b"#!/bin/sh\nrm", 422),
        ("binary.txt", b"a\0b", 422),
        ("setup.exe", b"MZ\x90", 422),
        ("book.pdf.exe", PDF, 422),
        ("nothing", PDF, 422),
        ("book.pdf", b"", 413),
        ("book.pdf", PDF + b"x" * 1_000_001, 413),
    ],
)
def test_what_is_not_what_its_name_says_is_refused_and_nothing_is_kept(
    owner: Client, book: Variant, settings: Any, tmp_path: Path, name: str, content: bytes, status: int
) -> None:
    settings.DIGITAL_FILE_MAX_MB = 1

    answer = upload(owner, book, name, content)

    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert not DigitalFile.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_needs_a_label(owner: Client, book: Variant, tmp_path: Path) -> None:
    for label in ("", " ", "x" * 81, "a\u202eb"):
        assert upload(owner, book, label=label).status_code == 422

    assert not DigitalFile.objects.exists()


def test_no_file_at_all_is_refused(owner: Client, book: Variant) -> None:
    assert owner.post(page_of(book), {"action": "add", "label": "The book"}).status_code == 413
    assert not DigitalFile.objects.exists()


def test_a_product_that_is_sent_has_no_files(owner: Client, book: Variant) -> None:
    lamp = make_goods(merchant=book.merchant)

    assert "sent by parcel" in owner.get(page_of(lamp)).content.decode()
    assert upload(owner, lamp).status_code == 409

    assert not DigitalFile.objects.exists()


def test_withdrawing_is_for_ones_own_files(owner: Client, book: Variant) -> None:
    upload(owner, book)
    own, strange = DigitalFile.objects.get(), DigitalFile.objects.exclude(merchant=book.merchant)
    other = make_digital()

    for file in (str(strange.get().pk), "nothing"):
        assert owner.post(page_of(book), {"action": "withdraw", "file": file}).status_code == 404
    assert owner.get(page_of(other)).status_code == 404
    assert not DigitalFile.objects.exclude(withdrawn_at=None).exists()

    assert owner.post(page_of(book), {"action": "withdraw", "file": str(own.pk)}).status_code == 302
    own.refresh_from_db()
    assert own.withdrawn_at is not None


def test_a_variant_of_another_product_gets_no_file(owner: Client, book: Variant) -> None:
    other = make_digital(merchant=book.merchant, files=0)

    assert upload(owner, book, variant=str(other.pk)).status_code == 404
    assert not DigitalFile.objects.exists()


@pytest.mark.parametrize(("limit", "days"), [("0", "1"), ("1001", "1"), ("1", "0"), ("1", "4000"), ("x", "1"), ("-1", ""), ("1e3", "")])
def test_terms_out_of_range_change_nothing(owner: Client, book: Variant, limit: str, days: str) -> None:
    assert owner.post(page_of(book), {"action": "terms", "limit": limit, "days": days}).status_code == 422

    product = Product.objects.get(pk=book.product_id)
    assert (product.download_limit, product.download_days) == (None, None)


def test_terms_are_set_and_taken_back(owner: Client, book: Variant) -> None:
    owner.post(page_of(book), {"action": "terms", "limit": "3", "days": "30"})
    product = Product.objects.get(pk=book.product_id)
    assert (product.download_limit, product.download_days) == (3, 30)

    owner.post(page_of(book), {"action": "terms", "limit": "", "days": ""})
    product.refresh_from_db()
    assert (product.download_limit, product.download_days) == (None, None)


def test_who_may_only_read_uploads_nothing(book: Variant, client: Client) -> None:
    client.force_login(make_membership(book.merchant, role=Membership.Role.READ_ONLY).user)

    assert upload(client, book).status_code == 403
    assert "Offer a file" not in client.get(page_of(book)).content.decode()
    assert not DigitalFile.objects.exists()


def test_more_downloads_are_granted_from_the_orders_page(owner: Client, book: Variant) -> None:
    upload(owner, book)
    checkout = place(make_cart(book), buyer=make_buyer(wants_digital_now=True))
    pay(checkout)
    order = checkout.orders.get()
    allowed = Download.objects.get().allowed
    page = reverse("merchant:orders_merchantorder_change", args=[order.pk])
    assert "Nothing of this order is sent" in owner.get(page).content.decode()

    filled = {"_form_submitted": "1", "downloads": "3", "days": "10", "reason": "lost the file"}
    owner.post(reverse("merchant:orders_merchantorder_grant_downloads", args=[order.pk]), filled)

    assert Download.objects.get().allowed == allowed + 3
    shown = owner.get(page).content.decode()
    assert "More downloads granted" in shown
    assert "lost the file" in shown


def test_digital_is_chosen_when_a_product_is_made_and_never_again(owner: Client, book: Variant) -> None:
    page = owner.get(reverse("merchant:catalog_product_add")).content.decode()
    assert 'name="is_digital"' in page

    changed = owner.get(reverse("merchant:catalog_product_change", args=[book.product_id])).content.decode()
    assert 'name="is_digital"' not in changed
    assert page_of(book) in changed
