"""Customs declarations of parcels that cross a border, and the operator's table of what countries charge."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import User
from catalog.models import Variant
from logistics.models import CustomsRegime, DutyRate, Shipment, ShippingRate, ShippingZone
from orders.models import DutyEstimate, MerchantOrder
from orders.services import fulfilment
from tests.backoffice.market import Shop, paid_order
from tests.factories.customs import make_duty, make_regime
from tests.factories.orders import make_buyer

URL = "/merchant/to-ship/"


@pytest.fixture
def owner(shop: Shop, client: Client) -> Client:
    client.force_login(shop.owner)
    return client


@pytest.fixture
def console(operator: User, client: Client) -> Client:
    client.force_login(operator)
    return client


def going_abroad(shop: Shop, quantity: int = 2, country: str = "JP") -> MerchantOrder:
    buyer = make_buyer(name="Jörg Weiß", city="Tokyo", postcode="1000001", country=country)
    return paid_order(shop.product.variants.get(), "", quantity=quantity, buyer=buyer)


def pages(content: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]


def declared(browser: Client, *orders: MerchantOrder) -> list[str]:
    answer = browser.post(URL, {"paper": "customs", "order": [str(order.pk) for order in orders]})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return pages(answer.content)


def test_each_parcel_that_crosses_a_border_has_a_declaration(shop: Shop, owner: Client) -> None:
    shop.product.variants.update(hs_code="94055000", origin="CN", weight_g=750)
    make_regime("JP"), make_duty("JP", prefix="9405")
    order, other = going_abroad(shop), going_abroad(shop, quantity=1, country="FR")

    found = declared(owner, order, other, shop.to_ship)

    assert len(found) == 2
    text = found[0]
    for said in (
        order.number, "Customs declaration", shop.merchant.name, "Jörg Weiß", "1000001 Tokyo", "JP · Japan", "CN · China", "94055000",
        "1.500 kg", "$40.00", "Sale of goods", "[X]", "The buyer pays on arrival (DAP)", "signature",
    ):  # fmt: skip
        assert said in text, said
    assert "Fill in by hand" not in text
    assert other.number in found[1]


def test_the_form_is_in_english_and_chinese_for_a_chinese_merchant(shop: Shop, owner: Client) -> None:
    order = going_abroad(shop)
    owner.cookies["language"] = "zh-hans"
    answer = owner.post(URL, {"paper": "customs", "order": [str(order.pk)]}, headers={"Accept-Language": "zh-hans"})

    [text] = pages(answer.content)

    for said in ("Sender / 寄件人", "Receiver / 收件人", "Customs declaration / 报关单", "日本"):
        assert said in text, said
    assert "Fill in by hand" in text


def test_what_stays_in_the_country_needs_none_and_the_page_says_so(shop: Shop, owner: Client) -> None:
    answer = owner.post(URL, {"paper": "customs", "order": [str(shop.to_ship.pk)]})

    assert answer.status_code == 422
    assert "None of these parcels crosses a border" in answer.content.decode()


def test_many_declarations_take_as_many_statements_as_one(shop: Shop, owner: Client) -> None:
    orders = [going_abroad(shop, quantity=1) for _ in range(3)]
    with CaptureQueriesContext(connection) as one:
        declared(owner, orders[0])

    with CaptureQueriesContext(connection) as three:
        declared(owner, *orders)

    assert len(three) == len(one)


def test_a_parcel_that_has_left_has_its_declaration_on_the_orders_page(shop: Shop, owner: Client) -> None:
    order = going_abroad(shop)
    fulfilment.ship_order(order_id=order.pk, carrier="Post", tracking_number="LX1", actor="system:test", at=timezone.now())
    parcel = Shipment.objects.get(reference=order.pk)
    url = reverse("merchant:customs-form", args=[parcel.pk])

    page = owner.get(reverse("merchant:orders_merchantorder_change", args=[order.pk])).content.decode()
    [text] = pages(owner.get(url).content)

    assert url in page
    assert "Import charges cannot be estimated" in page
    assert "LX1" in text and "Customs declaration" in text


def test_a_parcel_of_another_shop_has_no_declaration_here(shop: Shop, stranger: Shop, owner: Client) -> None:
    parcel = Shipment.objects.filter(merchant=stranger.merchant).earliest("pk")

    assert owner.get(reverse("merchant:customs-form", args=[parcel.pk])).status_code == 404


def test_the_merchant_sees_the_frozen_estimate_with_its_lines(shop: Shop, owner: Client) -> None:
    shop.product.variants.update(hs_code="94055000")
    make_regime("JP"), make_duty("JP", prefix="9405")
    order = going_abroad(shop)
    kept = DutyEstimate.objects.get(order=order)

    page = owner.get(reverse("merchant:orders_merchantorder_change", args=[order.pk])).content.decode()

    assert kept.version in page
    assert "94055000" in page
    assert "Import duty (estimate)" in page


def test_the_merchant_says_that_import_charges_are_its_own(shop: Shop, owner: Client) -> None:
    url = reverse("merchant:logistics_shippingrate_change", args=[shop.rate.pk])

    owner.post(url, {"flat_minor": "5.00", "free_over_minor": "", "bears_duties": "on"})

    assert ShippingRate.objects.get(pk=shop.rate.pk).bears_duties


def test_the_rate_editor_takes_a_divisor_and_shows_an_example(shop: Shop, owner: Client) -> None:
    zone = ShippingZone.objects.filter(merchant=shop.merchant).earliest("pk")
    url = reverse("merchant:logistics_shippingzone_change", args=[zone.pk])
    said = {"name": "Bulky", "zones": "DE", "way": "weight", "flat_minor": "10.00", "step_minor": "2.00", "step": "1000"}
    said |= {"free_over_minor": "", "position": "1", "is_active": "on"}

    refused = owner.post(url, {**said, "divisor": "10"})
    owner.post(url, {**said, "divisor": "6000"})
    page = owner.get(url).content.decode()

    assert "greater than or equal to 1000" in refused.content.decode()
    assert ShippingZone.objects.get(pk=zone.pk).divisor == 6_000
    assert "50 × 40 × 30 cm and 2000 g counts as 10000 g" in page
    assert "$30.00" in page


def test_the_product_form_takes_size_hs_code_and_origin_and_refuses_what_cannot_be(shop: Shop, owner: Client) -> None:
    variant = shop.product.variants.get()
    form = {
        "title": shop.product.title, "category": shop.product.category_id, "condition": "new", "tax_class": "standard", "description": "",
        "title_zh": "", "description_zh": "", "variants-TOTAL_FORMS": "1", "variants-INITIAL_FORMS": "1", "variants-0-id": variant.pk,
        "variants-0-product": shop.product.pk, "variants-0-sku": variant.sku, "variants-0-price_minor": "20.00",
        "variants-0-weight_g": "300", "variants-0-is_active": "on", "pictures-TOTAL_FORMS": "0", "pictures-INITIAL_FORMS": "0",
        "prices-TOTAL_FORMS": "0", "prices-INITIAL_FORMS": "0", "bundle_items-TOTAL_FORMS": "0", "bundle_items-INITIAL_FORMS": "0",
    }  # fmt: skip
    url = reverse("merchant:catalog_product_change", args=[shop.product.pk])

    wrong = {"variants-0-size": "30 x 20", "variants-0-hs_code": "94o5", "variants-0-origin": "XX"}
    refused = owner.post(url, form | wrong).content.decode()
    kept = Variant.objects.get(pk=variant.pk)
    owner.post(url, form | {"variants-0-size": "300x200 × 50", "variants-0-hs_code": "9405.50.00", "variants-0-origin": "VN"})

    changed = Variant.objects.get(pk=variant.pk)
    assert "Write length × width × height" in refused and "An HS code has 6 to 10 digits." in refused
    assert (kept.length_mm, kept.hs_code, kept.origin) == (None, "", "")
    assert (changed.length_mm, changed.width_mm, changed.height_mm, changed.hs_code, changed.origin) == (300, 200, 50, "94055000", "VN")


def test_the_operator_enters_rules_and_rates_and_reads_a_file_of_them(console: Client) -> None:
    rules = {"country": "GB", "base": "cif", "tax_kind": "vat", "currency": "EUR", "duty_free_minor": "135.00", "tax_free_minor": ""}
    console.post(reverse("admin:logistics_customsregime_add"), {**rules, "bonded_most_minor": "", "valid_from": "2026-01-01"})
    rate = {"country": "GB", "hs_prefix": "6109", "duty_bps": "1200", "tax_bps": "2000", "valid_from": "2026-01-01"}
    console.post(reverse("admin:logistics_dutyrate_add"), rate)
    table = "country,hs_prefix,duty_percent,tax_percent,valid_from\nGB,6109,10,20,2026-01-01\ngb,8517.13,0,20,2026-01-01\n"
    file = SimpleUploadedFile("rates.csv", table.encode(), "text/csv")
    answer = console.post(reverse("admin:logistics_dutyrate_add"), {"file": file}, follow=True)

    assert CustomsRegime.objects.get().duty_free_minor == 13_500
    assert "2 rates read, 1 of them new." in answer.content.decode()
    assert dict(DutyRate.objects.values_list("hs_prefix", "duty_bps")) == {"6109": 1_000, "851713": 0}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("country,hs_prefix,duty_percent,tax_percent,valid_from\nXX,6109,10,20,2026-01-01\n", "Line 2: this cannot be: country."),
        ("country,hs_prefix,duty_percent,tax_percent,valid_from\nGB,61a9,10,20,2026-01-01\n", "Line 2: this cannot be: hs_prefix."),
        ("country,hs_prefix,duty_percent,tax_percent,valid_from\nGB,6109,1e9,20,2026-01-01\n", "Line 2: this cannot be: duty_percent."),
        ("country,hs_prefix,duty_percent,tax_percent,valid_from\nGB,6109,10,20,soon\n", "Line 2: this cannot be: valid_from."),
        ("country,hs_prefix\nGB,6109\n", "Line 1: this cannot be: duty_percent."),
    ],
)
def test_a_file_with_a_line_that_cannot_be_changes_nothing(console: Client, table: str, said: str) -> None:
    make_duty(valid_from=dt.date(2020, 1, 1))

    answer = console.post(reverse("admin:logistics_dutyrate_add"), {"file": SimpleUploadedFile("rates.csv", table.encode(), "text/csv")})

    assert said in answer.content.decode()
    assert DutyRate.objects.count() == 1
