"""A merchant brings products in as a file, from the upload to the undo, and takes them out again."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from catalog.imports.work import work_through
from catalog.models import Category, Product, ProductImport, Variant
from merchants.models import Membership, Merchant
from tests.factories.catalog import make_category
from tests.factories.logistics import make_warehouse
from tests.factories.merchants import make_membership, make_merchant

pytestmark = pytest.mark.django_db
CSV = "SKU,Title,Category,Price,Stock\nL-1,Paper lamp,lamps,19.90,7\nL-2,Wrong lamp,nowhere,5,1\n"


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path


@pytest.fixture
def merchant(db: None) -> Merchant:
    made = make_merchant()
    make_warehouse(made)
    return made


@pytest.fixture
def lamps(db: None) -> Category:
    return make_category("Lamps", slug="lamps")


@pytest.fixture
def owner(merchant: Merchant, lamps: Category, client: Client) -> Client:
    client.force_login(make_membership(merchant).user)
    return client


def uploaded(client: Client, content: str | bytes = CSV, name: str = "goods.csv") -> Any:
    file = SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)
    return client.post("/merchant/imports/", {"file": file})


def streamed(client: Client, path: str, language: str = "en") -> bytes:
    """The whole of a download."""
    answer: Any = client.get(path, headers={"accept-language": language})
    assert "attachment" in answer["Content-Disposition"]
    return b"".join(answer.streaming_content)


def columns(row: ProductImport, **changes: str) -> dict[str, str]:
    return {"action": "check", **{f"column-{number}": field for number, field in enumerate(row.mapping)}, **changes}


def checked(client: Client) -> ProductImport:
    uploaded(client)
    row = ProductImport.objects.get()
    client.post(f"/merchant/imports/{row.pk}/", columns(row))
    return work_through(row.pk, clock=timezone.now)


def test_a_file_goes_all_the_way_and_back(owner: Client, merchant: Merchant) -> None:
    answer = uploaded(owner)
    row = ProductImport.objects.get()
    page = f"/merchant/imports/{row.pk}/"
    assert answer["Location"] == page
    form = owner.get(page).content.decode()
    assert "Paper lamp" in form
    assert '<option value="title" selected>' in form

    owner.post(page, columns(row))
    assert "We read your file" in owner.get(page).content.decode()
    work_through(row.pk, clock=timezone.now)
    report = owner.get(page).content.decode()
    assert "nowhere" in report and "There is no such category." in report
    assert not Product.objects.exists()

    owner.post(page, {"action": "start"})
    work_through(row.pk, clock=timezone.now)
    assert Product.objects.get().title == "Paper lamp"
    assert "Undo this import" in owner.get(page).content.decode()

    owner.post(page, {"action": "undo"})
    work_through(row.pk, clock=timezone.now)
    assert Product.objects.get().status == "archived"
    assert "Taken back: 1 products." in owner.get(page).content.decode()


def test_failed_rows_come_back_with_their_reason_in_the_readers_language(owner: Client) -> None:
    row = checked(owner)

    english = streamed(owner, f"/merchant/imports/{row.pk}/failed.csv").decode("utf-8-sig").splitlines()
    chinese = streamed(owner, f"/merchant/imports/{row.pk}/failed.csv", "zh-hans")

    assert english == ["SKU,Title,Category,Price,Stock,Reason", "L-2,Wrong lamp,nowhere,5,1,Category: There is no such category."]
    assert "没有这个类目" in chinese.decode()


def test_a_category_of_the_file_can_be_said_to_mean_one_of_ours(owner: Client) -> None:
    row = checked(owner)
    page = f"/merchant/imports/{row.pk}/"
    assert "nowhere" in owner.get(f"{page}?columns=1").content.decode()

    owner.post(page, columns(row, **{"name-0": "nowhere", "means-0": "lamps"}))

    done = work_through(row.pk, clock=timezone.now)
    assert (done.made, done.failed) == (2, 0)


@pytest.mark.parametrize(
    ("content", "words", "status"),
    [
        (b"", "There are no rows in this file.", 422),
        (b"\x89PNG\r\n" + bytes(range(256)) * 9, "neither an Excel workbook", 422),
        (b"PK\x03\x04rubbish", "damaged", 422),
        (b"a" * 1_100_000, "larger than 1 MB", 413),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    owner: Client, settings: Any, content: bytes, words: str, status: int
) -> None:
    settings.IMPORT_MAX_MB = 1

    answer = uploaded(owner, content)

    assert answer.status_code == status
    assert words in answer.content.decode()
    assert not ProductImport.objects.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"column-0": ""}, "Say which column has the SKU"),
        ({"column-1": "sku"}, "Choose each field once"),
        ({"column-1": "owner"}, "There is no field"),
        ({"default-category": "none"}, "cannot be chosen"),
    ],
)
def test_columns_that_make_no_sense_are_refused_beside_what_was_chosen(owner: Client, changes: dict[str, str], words: str) -> None:
    uploaded(owner)
    row = ProductImport.objects.get()

    answer = owner.post(f"/merchant/imports/{row.pk}/", columns(row, **changes))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    row.refresh_from_db()
    assert row.status == "uploaded"


def test_what_is_not_possible_now_is_refused(owner: Client) -> None:
    row = checked(owner)

    answer = owner.post(f"/merchant/imports/{row.pk}/", {"action": "undo"})

    assert answer.status_code == 409
    row.refresh_from_db()
    assert row.status == "checked"


def test_a_discarded_file_changes_nothing(owner: Client) -> None:
    row = checked(owner)

    owner.post(f"/merchant/imports/{row.pk}/", {"action": "discard"})

    row.refresh_from_db()
    assert row.status == "discarded"
    assert not Product.objects.exists()


def test_a_file_name_is_shown_and_never_obeyed(owner: Client) -> None:
    """UPL05: files lie under names of ours."""
    uploaded(owner, name="../../<script>alert(1)</script>\u202e.csv")

    page = owner.get("/merchant/imports/").content.decode()

    assert "<script>alert(1)" not in page
    assert ProductImport.objects.get().file_name == "script>\u202e.csv".replace("\u202e", "")


def test_somebody_who_may_not_change_stock_cannot_do_it_by_file(merchant: Merchant, lamps: Category, client: Client) -> None:
    client.force_login(make_membership(merchant, role=Membership.Role.CATALOGUE).user)
    uploaded(client)
    row = ProductImport.objects.get()
    page = f"/merchant/imports/{row.pk}/"

    assert '<option value="stock"' not in client.get(page).content.decode()
    assert client.post(page, columns(row)).status_code == 403

    row.refresh_from_db()
    assert row.status == "uploaded"


@pytest.mark.parametrize("role", [Membership.Role.READ_ONLY, Membership.Role.SERVICE])
def test_readers_see_imports_and_bring_none(merchant: Merchant, lamps: Category, client: Client, role: str) -> None:
    client.force_login(make_membership(merchant, role=role).user)

    assert client.get("/merchant/imports/").status_code == 200
    assert uploaded(client).status_code == 403

    assert not ProductImport.objects.exists()


def test_products_are_taken_out_as_csv_and_as_a_workbook(owner: Client, merchant: Merchant) -> None:
    row = checked(owner)
    owner.post(f"/merchant/imports/{row.pk}/", {"action": "start"})
    work_through(row.pk, clock=timezone.now)

    text = streamed(owner, "/merchant/export/")
    book = streamed(owner, "/merchant/export/?format=xlsx")

    assert "Paper lamp" in text.decode()
    assert load_workbook(io.BytesIO(book)).active["C2"].value == "Paper lamp"
    assert Variant.objects.count() == 1


def test_pages_take_a_fixed_number_of_statements(owner: Client, django_assert_max_num_queries: Any) -> None:
    row = checked(owner)

    for path, most in (("", 12), (f"{row.pk}/", 14), (f"{row.pk}/?columns=1", 14)):
        with django_assert_max_num_queries(most):
            owner.get(f"/merchant/imports/{path}")
