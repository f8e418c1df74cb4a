"""A day's work in both back offices, through the pages."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import User
from catalog.models import Picture, Product, Variant
from core import outbox
from core.models import OutboxEvent
from logistics.models import ShippingRate, Stock, StockMovement
from merchants.admin import merchant_site
from merchants.models import ApiKey, Membership, Merchant
from merchants.selectors import api_key_for_secret
from orders.models import MerchantOrder
from payments.models import LedgerAccount, LedgerEntry, LedgerTransaction
from payments.selectors import balances
from tests.backoffice.market import Shop, paid_order
from tests.factories.catalog import make_product, new_variant
from tests.factories.merchants import make_merchant

CONFIRM = {"_form_submitted": "1"}


@pytest.fixture
def owner(shop: Shop, client: Client) -> Client:
    client.force_login(shop.owner)
    return client


@pytest.fixture
def staff(operator: User) -> Client:
    browser = Client()
    browser.force_login(operator)
    return browser


def _press(browser: Client, site: str, row: Any, button: str, **data: Any) -> Any:
    name = f"{site}:{row._meta.app_label}_{row._meta.model_name}_{button}"
    return browser.post(reverse(name, args=[row.pk]), {**CONFIRM, **data})


def _product_form(product: Product | None, variants: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    existing = [row for row in variants if row.get("id")]
    data = {
        "title": "Silk lantern",
        "title_zh": "丝绸灯笼",
        "description": "Two lines.\n\nOf text.",
        "description_zh": "",
        "condition": "new",
        "tax_class": "standard",
        "brand": "",
        "prices-TOTAL_FORMS": "0",
        "bundle_items-TOTAL_FORMS": "0",
        "bundle_items-INITIAL_FORMS": "0",
        "prices-INITIAL_FORMS": "0",
        "pictures-TOTAL_FORMS": "0",
        "pictures-INITIAL_FORMS": "0",
        "variants-TOTAL_FORMS": str(len(variants)),
        "variants-INITIAL_FORMS": str(len(existing)),
        **changes,
    }
    for index, row in enumerate(variants):
        full = {"options": "", "compare_at_minor": "", "weight_g": "250", "is_active": "on", **row}
        data |= {f"variants-{index}-{field}": value for field, value in full.items()}
        if product is not None:
            data[f"variants-{index}-product"] = str(product.pk)
    return data


def test_a_parcel_is_shipped_with_its_tracking_number_and_only_once(shop: Shop, owner: Client) -> None:
    dialog = owner.get(reverse("merchant:orders_merchantorder_ship", args=[shop.to_ship.pk]), headers={"hx-request": "true"})
    assert b'name="tracking_number"' in dialog.content

    for _ in range(2):
        _press(owner, "merchant", shop.to_ship, "ship", carrier="SF Express", tracking_number="SF 1")

    shop.to_ship.refresh_from_db()
    assert shop.to_ship.status == "shipped"
    page = owner.get(reverse("merchant:orders_merchantorder_change", args=[shop.to_ship.pk])).content.decode()
    assert page.count("SF 1") >= 1
    assert shop.merchant.shipments.filter(reference=shop.to_ship.pk).count() == 1


def test_a_dialog_without_its_fields_says_so_and_changes_nothing(shop: Shop, owner: Client) -> None:
    answer = _press(owner, "merchant", shop.to_ship, "ship", carrier="", tracking_number="")

    shop.to_ship.refresh_from_db()
    assert answer.status_code == 200
    assert b"required" in answer.content
    assert shop.to_ship.status == "paid"


def test_cancelling_gives_the_money_back_and_says_what_is_not_possible(shop: Shop, owner: Client) -> None:
    before = balances(shop.merchant.pk, "USD").held_minor

    _press(owner, "merchant", shop.to_ship, "cancel", reason="Sold in the shop")
    refused = _press(owner, "merchant", shop.shipped, "cancel", reason="Too late")

    shop.to_ship.refresh_from_db()
    shop.shipped.refresh_from_db()
    assert (shop.to_ship.status, shop.shipped.status) == ("cancelled", "shipped")
    assert balances(shop.merchant.pk, "USD").held_minor == before - shop.to_ship.total_minor
    assert "not possible" in owner.get(refused["Location"]).content.decode()


def test_the_order_page_shows_what_the_merchant_will_get(shop: Shop, owner: Client) -> None:
    page = owner.get(reverse("merchant:orders_merchantorder_change", args=[shop.to_ship.pk])).content.decode()

    order = shop.to_ship
    assert f"${(order.total_minor - order.commission_minor) / 100:.2f}" in page
    assert "ANTELOPE lane 2" in page


def test_a_product_is_made_with_variants_in_both_languages_and_published(shop: Shop, owner: Client) -> None:
    variants = [
        {"sku": "SILK-R", "options": "Colour: Red", "price_minor": "19.99"},
        {"sku": "SILK-B", "options": "Colour: Blue", "price_minor": "21", "compare_at_minor": "30.50"},
    ]
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(picture, "PNG")
    picture.seek(0)
    picture.name = "lantern.png"

    form = _product_form(None, variants, category=str(shop.product.category_id), new_pictures=picture)
    owner.post(reverse("merchant:catalog_product_add"), form)
    product = Product.objects.get(title="Silk lantern")
    _press(owner, "merchant", product, "publish")

    product.refresh_from_db()
    assert (product.merchant, product.status) == (shop.merchant, "published")
    assert product.i18n["zh-hans"]["title"] == "丝绸灯笼"
    assert product.description == "<p>Two lines.</p>\n\n<p>Of text.</p>"
    assert product.pictures.count() == 1
    assert list(product.variants.order_by("sku").values_list("sku", "price_minor", "compare_at_minor")) == [
        ("SILK-B", 2_100, 3_050),
        ("SILK-R", 1_999, None),
    ]


def test_a_product_is_changed_and_gets_one_more_variant(shop: Shop, owner: Client) -> None:
    variants = [{"sku": "SILK-R", "options": "Colour: Red", "price_minor": "19.99"}]
    owner.post(reverse("merchant:catalog_product_add"), _product_form(None, variants, category=str(shop.product.category_id)))
    product = Product.objects.get(title="Silk lantern")
    red = product.variants.get()

    changed = [
        {"id": str(red.pk), "sku": "SILK-R", "options": "Colour: Red", "price_minor": "17.50"},
        {"sku": "SILK-G", "options": "Colour: Green", "price_minor": "18"},
    ]
    form = _product_form(product, changed, category=str(product.category_id), title="Silk lantern, large")
    answer = owner.post(reverse("merchant:catalog_product_change", args=[product.pk]), form)

    product.refresh_from_db()
    assert answer.status_code == 302
    assert product.title == "Silk lantern, large"
    assert dict(product.variants.values_list("sku", "price_minor")) == {"SILK-R": 1_750, "SILK-G": 1_800}
    assert [value["value"] for value in product.options[0]["values"]] == ["Red", "Green"]


@pytest.mark.parametrize("price", ["0", "-1", "19.999", "abc", "NaN", "1e30", "", "9" * 30])
def test_a_bad_price_is_refused_in_the_form(shop: Shop, owner: Client, price: str) -> None:
    count = Variant.objects.count()

    form = _product_form(None, [{"sku": "X", "price_minor": price}], category=str(shop.product.category_id))
    answer = owner.post(reverse("merchant:catalog_product_add"), form)

    assert answer.status_code == 200
    assert "price_minor" in answer.context["inline_admin_formsets"][0].formset.errors[0]
    assert Variant.objects.count() == count


def test_what_a_service_refuses_is_shown_beside_what_was_typed(shop: Shop, owner: Client) -> None:
    form = _product_form(None, [{"sku": "ANTELOPE-1", "price_minor": "5"}], category=str(shop.product.category_id))

    answer = owner.post(reverse("merchant:catalog_product_add"), form)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "has one of these SKUs already" in page
    assert "Silk lantern" in page
    assert not Product.objects.filter(title="Silk lantern").exists()


def test_a_count_is_corrected_with_a_reason_and_not_against_what_changed_meanwhile(shop: Shop, owner: Client) -> None:
    stock = Stock.objects.get(pk=shop.stock.pk)

    _press(owner, "merchant", stock, "count", on_hand=stock.on_hand - 2, expected=stock.on_hand, note="Two broken")
    stale = _press(owner, "merchant", stock, "count", on_hand=1, expected=stock.on_hand, note="Old screen")

    after = Stock.objects.get(pk=stock.pk)
    assert after.on_hand == stock.on_hand - 2
    assert StockMovement.objects.get(note="Two broken").delta == -2
    assert "changed this a moment ago" in owner.get(stale["Location"]).content.decode()


def test_goods_are_received_into_a_warehouse_and_sets_are_not(shop: Shop, owner: Client) -> None:
    variant = make_product(merchant=shop.merchant).variants.get()
    bundle = shop.draft.variants.get()

    for row in (variant, bundle):
        data = {"variant": str(row.pk), "warehouse": str(shop.warehouse.pk), "quantity": "12", "note": "Van"}
        owner.post(reverse("merchant:logistics_stock_add"), data)

    assert Stock.objects.get(variant=variant).on_hand == 12
    assert not Stock.objects.filter(variant=bundle).exists()


def test_the_delivery_price_is_typed_in_major_units(shop: Shop, owner: Client) -> None:
    url = reverse("merchant:logistics_shippingrate_change", args=[shop.rate.pk])

    owner.post(url, {"flat_minor": "4.95", "free_over_minor": "49"})
    refused = owner.post(url, {"flat_minor": "-1", "free_over_minor": ""})

    rate = ShippingRate.objects.get(merchant=shop.merchant)
    assert (rate.flat_minor, rate.free_over_minor) == (495, 4_900)
    assert refused.status_code == 200


def test_an_api_key_is_shown_once_and_dies_when_it_is_revoked(shop: Shop, owner: Client) -> None:
    answer = owner.post(reverse("merchant:merchants_apikey_add"), {"name": "Till", "scopes": ["orders:read", "orders:write"]})
    secret = answer.context["secret"]
    key = ApiKey.objects.get(name="Till")

    assert api_key_for_secret(secret, timezone.now()) == key
    assert "no-store" in answer["Cache-Control"]
    for url in (reverse("merchant:merchants_apikey_changelist"), reverse("merchant:merchants_apikey_change", args=[key.pk])):
        assert secret not in owner.get(url).content.decode()

    _press(owner, "merchant", key, "revoke")

    assert api_key_for_secret(secret, timezone.now()) is None


def test_an_owner_gives_roles_but_does_not_lock_himself_out(shop: Shop, owner: Client) -> None:
    mate = Membership.objects.get(user=shop.member("service"))
    own = Membership.objects.get(user=shop.owner)

    owner.post(reverse("merchant:merchants_membership_change", args=[mate.pk]), {"role": "owner"})
    refused = owner.post(reverse("merchant:merchants_membership_change", args=[own.pk]), {"role": "read_only"})

    mate.refresh_from_db()
    own.refresh_from_db()
    assert (mate.role, own.role) == ("owner", "owner")
    assert refused.status_code == 200
    assert "another owner can" in refused.content.decode()


def test_the_shop_profile_is_changed_in_both_languages_and_not_beyond_what_is_ones_own(shop: Shop, owner: Client) -> None:
    url = reverse("merchant:merchants_merchant_change", args=[shop.merchant.pk])
    form = {
        "name": "Antelope Lane",
        "name_zh": "羚羊巷",
        "description": "Hello",
        "email": "a@example.com",
        "handling_days": "2",
        "city": "Xi'an",
    }

    owner.post(url, {**form, "status": "suspended", "commission_plan": "", "slug": "other"})

    merchant = Merchant.objects.get(pk=shop.merchant.pk)
    assert (merchant.name, merchant.text("name", "zh-hans"), merchant.handling_days) == ("Antelope Lane", "羚羊巷", 2)
    assert (merchant.status, merchant.slug) == (shop.merchant.status, shop.merchant.slug)


def test_the_owner_changes_the_shops_address_and_reads_why_it_did_not_work(shop: Shop, owner: Client) -> None:
    make_merchant(slug="theirs")
    url = reverse("merchant:merchants_merchant_change", args=[shop.merchant.pk])
    form = {"name": "Antelope Lane", "email": "a@example.com", "handling_days": "2"}

    owner.post(url, {**form, "page_address": "Antelope Lane"})
    refused = owner.post(url, {**form, "page_address": "theirs"})

    assert "This address belongs, or belonged, to something else." in refused.content.decode()
    assert Merchant.objects.get(pk=shop.merchant.pk).slug == "antelope-lane"


def test_the_statement_adds_up_from_opening_to_closing(shop: Shop, owner: Client) -> None:
    variant = shop.product.variants.get()
    for _ in range(3):
        paid_order(variant, "ANTELOPE")

    context = owner.get("/merchant/balance/").context

    found = balances(shop.merchant.pk, "USD")
    assert context["closing"] == [f"${found.held_minor / 100:.2f}", f"${found.payable_minor / 100:.2f}"]
    assert context["opening"] == ["$0.00", "$0.00"]
    assert len(context["rows"]) == 9


def test_every_tile_of_the_homes_leads_to_the_rows_it_counts(shop: Shop, owner: Client, staff: Client) -> None:
    MerchantOrder.objects.filter(pk=shop.to_ship.pk).update(ship_by=timezone.now() - dt.timedelta(days=1))

    for browser, home in ((owner, "/merchant/"), (staff, "/admin/")):
        todo = browser.get(home).context["todo"]
        assert {tile["count"] for tile in todo} > {0}
        for tile in todo:
            page = browser.get(tile["url"])
            assert page.status_code == 200, tile
            found = page.context["cl"].result_count if "cl" in page.context else page.context["page"].paginator.count
            assert found == tile["count"], tile


def test_the_operator_suspends_a_merchant_with_a_reason(shop: Shop, staff: Client) -> None:
    refused = _press(staff, "admin", shop.merchant, "suspend", reason="")
    assert refused.status_code == 200
    shop.merchant.refresh_from_db()
    assert shop.merchant.is_active

    _press(staff, "admin", shop.merchant, "suspend", reason="Papers missing")

    shop.merchant.refresh_from_db()
    assert not shop.merchant.is_active
    assert "Papers missing" in staff.get(reverse("admin:merchants_merchant_change", args=[shop.merchant.pk])).content.decode()


def test_the_operator_refunds_a_sent_order(shop: Shop, staff: Client) -> None:
    _press(staff, "admin", shop.shipped, "refund", reason="Never arrived")

    shop.shipped.refresh_from_db()
    assert shop.shipped.status == "refunded"


def test_a_dead_event_is_tried_again(shop: Shop, staff: Client) -> None:
    event = OutboxEvent.objects.create(name="Nobody", payload={"what": "x"}, attempts=12, dead_at=timezone.now(), last_error="boom")

    _press(staff, "admin", event, "retry")

    event.refresh_from_db()
    assert (event.dead_at, event.attempts) == (None, 0)
    assert outbox.retry_dead(event_ids=[event.pk], now=timezone.now()) == 0


def test_nobody_can_change_the_ledger_in_any_admin(shop: Shop, staff: Client, owner: Client) -> None:
    """MON02."""
    before = [list(model.objects.order_by("pk").values()) for model in (LedgerAccount, LedgerTransaction, LedgerEntry)]

    for site in (admin.site, merchant_site):
        assert LedgerEntry not in site._registry
    for model in (LedgerAccount, LedgerTransaction):
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model.objects.first()
        assert row is not None
        assert staff.post(reverse(f"{name}_add"), {"memo": "x"}).status_code == 403
        assert staff.post(reverse(f"{name}_change", args=[row.pk]), {"memo": "x"}).status_code == 403
        assert staff.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
        staff.post(reverse(f"{name}_changelist"), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})

    assert [list(model.objects.order_by("pk").values()) for model in (LedgerAccount, LedgerTransaction, LedgerEntry)] == before


def test_operator_staff_with_few_rights_see_few_pages_and_cannot_raise_them(shop: Shop) -> None:
    from django.contrib.auth.models import Permission

    from tests.factories.accounts import make_user

    clerk = make_user(is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_merchantorder", "view_user", "change_user"]))
    browser = Client()
    browser.force_login(clerk)

    assert browser.get(reverse("admin:orders_merchantorder_changelist")).status_code == 200
    assert browser.get(reverse("admin:payments_ledgertransaction_changelist")).status_code == 403
    assert _press(browser, "admin", shop.to_ship, "cancel", reason="x").status_code == 403
    browser.post(
        reverse("admin:accounts_user_change", args=[clerk.pk]), {"name": "Clerk", "language": "en", "is_superuser": "on", "is_staff": "on"}
    )
    clerk.refresh_from_db()
    assert not clerk.is_superuser


def test_a_picture_is_tied_to_a_choice_and_to_none_that_is_not_offered(shop: Shop, owner: Client) -> None:
    product = make_product(merchant=shop.merchant, variants=[new_variant(options={"Colour": name}) for name in ("Red", "Blue")])
    picture = Picture.objects.create(product=product, original="products/x/original.webp", width=9, height=9)
    rows = [{"id": row.pk, "sku": row.sku, "price_minor": "20.00"} for row in product.variants.order_by("position")]
    below = {"pictures-TOTAL_FORMS": "1", "pictures-INITIAL_FORMS": "1", "pictures-0-id": picture.pk, "pictures-0-product": product.pk}
    url = reverse("merchant:catalog_product_change", args=[product.pk])

    for chosen in ("Colour\x1fRed", "Colour\x1fGreen"):
        form = _product_form(product, rows, category=product.category_id, **below, **{"pictures-0-shows": chosen})
        owner.post(url, form)

    picture.refresh_from_db()
    assert (picture.option_name, picture.option_value) == ("Colour", "Red")
