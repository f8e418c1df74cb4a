"""Import charges on the checkout and on the order's page."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import Variant
from logistics.models import ShippingRate, Warehouse
from orders.models import Checkout, DutyEstimate
from tests.factories.customs import make_duty, make_regime

GERMAN = {"country": "DE", "postcode": "10115", "city": "Berlin"}


@pytest.fixture
def shirt(goods: Variant) -> Variant:
    Variant.objects.filter(pk=goods.pk).update(hs_code="61091000")
    make_regime(), make_duty()
    return goods


def recounted(browser: Client, form: dict[str, Any], **more: str) -> Any:
    return browser.post("/checkout/", {**form, **more, "apply": "totals"}, headers={"HX-Request": "true"})


def test_choosing_another_country_shows_the_import_charges_before_paying(
    shirt: Variant, shopper: Client, order_form: dict[str, Any]
) -> None:
    at_home = recounted(shopper, order_form)
    abroad = recounted(shopper, order_form, **GERMAN)

    assert "Import charges" not in at_home.text
    for said in (
        "Sent from China to Germany.",
        "Import duty (estimate)",
        "$3.00",
        "Import VAT (estimate)",
        "$5.32",
        "Not part of the total",
    ):
        assert said in abroad.text, said
    assert 'name="seen_country" value="DE"' in abroad.text
    assert abroad.context["summary"].whole_minor == order_form["seen_total"]


def test_an_order_to_a_country_whose_charges_were_not_seen_is_not_placed(
    shirt: Variant, shopper: Client, order_form: dict[str, Any]
) -> None:
    unseen = shopper.post("/checkout/", {**order_form, **GERMAN, "seen_country": "CN"})

    assert unseen.status_code == 409
    assert "Please look at the import charges below" in unseen.text and "Import duty (estimate)" in unseen.text
    assert not Checkout.objects.exists()

    placed = shopper.post("/checkout/", {**order_form, **GERMAN, "seen_country": "DE"})
    assert placed.status_code == 303
    assert DutyEstimate.objects.get().duty_minor == 300


def test_goods_without_a_customs_number_are_said_to_have_unknown_charges(
    shirt: Variant, shopper: Client, order_form: dict[str, Any]
) -> None:
    Variant.objects.update(hs_code="")

    page = recounted(shopper, order_form, **GERMAN).text

    assert "Import charges cannot be estimated: the shop has not said under which customs number" in page
    assert "$0.00" not in page


def test_a_shop_that_pays_the_charges_is_said_to(shirt: Variant, shopper: Client, order_form: dict[str, Any]) -> None:
    ShippingRate.objects.update(bears_duties=True)

    assert "Included: the shop pays them, nothing is due on arrival." in recounted(shopper, order_form, **GERMAN).text


def test_more_out_of_bond_than_allowed_is_refused_with_the_limit(shirt: Variant, shopper: Client, order_form: dict[str, Any]) -> None:
    Warehouse.objects.update(kind="bonded")
    make_regime("CN", bonded_most_minor=1_500), make_duty("CN", bonded_tax_bps=910)

    shown = recounted(shopper, order_form)
    refused = shopper.post("/checkout/", order_form)

    words = "Goods from a bonded warehouse may be worth at most $15.00 in one purchase."
    assert words in shown.text and words in refused.text
    assert refused.status_code == 409
    assert not Checkout.objects.exists()


def test_the_orders_page_shows_what_was_estimated_and_asks_nothing_more(
    shirt: Variant, shopper: Client, order_form: dict[str, Any]
) -> None:
    shopper.post("/checkout/", order_form)
    at_home = Checkout.objects.get()
    shopper.post("/cart/add/", {"variant": shirt.pk, "quantity": "1"})
    form = shopper.get("/checkout/").context["form"]
    shopper.post("/checkout/", {**order_form, **GERMAN, "seen_country": "DE", "key": str(form["key"].value())})
    abroad = Checkout.objects.exclude(pk=at_home.pk).get()

    shopper.get(f"/orders/{at_home.number}/")  # content types and the like are read once

    with CaptureQueriesContext(connection) as one:
        first = shopper.get(f"/orders/{at_home.number}/").text
    with CaptureQueriesContext(connection) as two:
        second = shopper.get(f"/orders/{abroad.number}/").text

    assert "Import charges" not in first
    assert "Import duty (estimate)" in second and "$3.00" in second
    assert len(one) == len(two)
