"""A guest buys a book as a file and a ring with a name in it: without an address for the one, with the name on everything for the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from catalog.models import Variant
from orders.models import Download, OrderLine
from tests.factories.orders import make_digital, make_goods
from tests.journeys.conftest import PHONE, MakeShopper

pytestmark = pytest.mark.browser


@pytest.fixture
def book(db: None) -> Variant:
    return make_digital(title="Six evenings at the wok", limit=2, days=30)


@pytest.fixture
def ring(db: None) -> Variant:
    asked = {"label": "Engraving", "label_zh": "刻字", "most": 12, "is_required": True}
    return make_goods(title="Silver ring", personalisation=[asked], is_made_to_order=True, handling_days=9)


@pytest.mark.parametrize(("language", "options"), [("en", {}), ("zh-hans", PHONE)])
def test_a_guest_buys_a_file_and_saves_it(
    new_shopper: MakeShopper, book: Variant, tmp_path: Path, language: str, options: dict[str, object]
) -> None:
    someone = new_shopper(language, **options)
    someone.open_product(book.product)
    someone.sees("Download, at once after paying")
    someone.put_into_cart()
    someone.open_cart()
    someone.start_checkout()
    expect(someone.find("field-address")).to_have_count(0)
    for name, value in {"email": "li.na@example.com", "name": "Li Na"}.items():
        someone.find(f"field-{name}").fill(value)
    someone.find("digital-now").check()
    someone.place_order()
    someone.answer_bank("approve")
    someone.sees("It is ready to download")

    with someone.page.expect_download() as saving:
        someone.find("download").click()
    saving.value.save_as(tmp_path / "saved")

    assert (tmp_path / "saved").read_bytes() == b"A short book."
    assert saving.value.suggested_filename == "book-1.txt"
    assert Download.objects.get().used == 1


def test_a_guest_has_a_name_put_on_a_ring(new_shopper: MakeShopper, ring: Variant) -> None:
    someone = new_shopper()
    someone.open_product(ring.product)
    someone.page.get_by_label("Engraving").fill("Ada & Bea")
    someone.put_into_cart()
    someone.open_cart()
    expect(someone.find("answer")).to_contain_text("Ada & Bea")
    someone.sees("No change-of-mind return")
    someone.start_checkout()
    someone.fill_in_address()
    someone.place_order()
    someone.answer_bank("approve")

    expect(someone.find("answer").first).to_contain_text("Ada & Bea")
    assert OrderLine.objects.get().answers_in("en") == [("Engraving", "Ada & Bea")]
