"""Merchant A cannot see or change anything of merchant B, at any address of the merchant site.

Every shop's texts carry its own word; B's word must not be in any answer that A gets, and no row of B may change.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import path, reverse

from catalog.models import Brand, Category
from core.backoffice.base import ConsoleAdmin
from merchants.admin import merchant_site
from merchants.admin.tenant import MerchantModelAdmin
from shop.health import livez
from tests.backoffice.market import Shop
from tests.backoffice.walk import Address, UnknownAddress, addresses, rows_of, snapshot
from tests.factories.accounts import make_user
from tests.isolation.received import text_of_bytes

SITE = "merchant"
REFUSED = {403, 404}
# What the dialogs ask for, so that a POST gets past its form and would do its work if it were let.
FILLED = {
    "_form_submitted": "1",
    "reason": "because",
    "downloads": "1",
    "days": "1",
    "carrier": "Post",
    "tracking_number": "X-1",
    "on_hand": "7",
    "expected": "20",
    "quantity": "3",
    "note": "note",
    "code": "delivered",
    "place": "",
}


@pytest.fixture
def member(shop: Shop, stranger: Shop, client: Client) -> Client:
    """The browser of A's owner, who may do everything in A."""
    client.force_login(shop.owner)
    return client


def _assert_silent(answer: Any, stranger: Shop, what: str) -> None:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = text_of_bytes(body) + str(dict(answer.headers))
    assert stranger.canary.lower() not in text.lower(), what
    for row in (stranger.merchant.pk, stranger.product.pk, stranger.to_ship.pk, stranger.stock.pk):
        # The answer may only repeat a key that the request brought.
        assert str(row) in what or str(row) not in text, what


def _rows() -> list[Address]:
    return [address for address in addresses(merchant_site) if address.kind in {"row", "row_action"}]


def test_every_admin_on_the_merchant_site_is_a_tenant_admin() -> None:
    for model, model_admin in merchant_site._registry.items():
        assert isinstance(model_admin, MerchantModelAdmin), model
        assert model_admin.duty, model
    with pytest.raises(Exception):  # noqa: B017  any refusal will do
        reverse("merchant:view_on_site", args=[1, 1])


def test_pages_of_a_strangers_rows_do_not_exist(member: Client, stranger: Shop) -> None:
    before = snapshot(stranger.merchant)

    tried = 0
    for address in _rows():
        for pk in rows_of(address.model_admin, stranger.merchant):
            url = address.url(SITE, pk)
            for answer in (member.get(url), member.post(url, FILLED), member.get(url, headers={"hx-request": "true"})):
                assert answer.status_code in REFUSED, url
                _assert_silent(answer, stranger, url)
                tried += 1

    assert tried > 100
    assert snapshot(stranger.merchant) == before


def test_a_strangers_row_looks_like_one_that_never_was(member: Client, stranger: Shop) -> None:
    for address in _rows():
        pk = rows_of(address.model_admin, stranger.merchant)[0]

        known, unknown = member.get(address.url(SITE, pk)), member.get(address.url(SITE))

        assert (known.status_code, len(known.content)) == (unknown.status_code, len(unknown.content)), address


def test_lists_forms_and_own_pages_say_nothing_of_a_stranger(member: Client, shop: Shop, stranger: Shop) -> None:
    queries = ["", f"?q={stranger.canary[:5]}", "?all=", "?o=1", "?o=-2", "?p=1", f"?next={stranger.merchant.pk}"]

    for address in addresses(merchant_site):
        if address.kind in {"row", "row_action"}:
            for pk in rows_of(address.model_admin, shop.merchant):
                url = address.url(SITE, pk)
                _assert_silent(member.get(url), stranger, url)
        elif address.kind != "open":
            for query in queries:
                url = address.url(SITE) + query
                answer = member.get(url, follow=True)
                assert answer.status_code < 500, url
                _assert_silent(answer, stranger, url)


def test_filters_answer_as_if_the_stranger_did_not_exist(member: Client, stranger: Shop) -> None:
    owner = stranger.owner
    oracles = [
        ("merchant__id", stranger.merchant.pk), ("merchant__id__exact", stranger.merchant.pk), ("merchant__name__startswith", "BARR"),
        ("merchant", stranger.merchant.pk), ("pk", stranger.product.pk), ("id__exact", stranger.to_ship.pk),
        ("checkout__user__password__startswith", "p"), ("checkout__email__contains", "barra"), ("user__password__startswith", "p"),
        ("created_by__id", owner.pk), ("product__merchant__id", stranger.merchant.pk), ("variant__product__title__startswith", "BARR"),
        ("stock__merchant", stranger.merchant.pk), ("warehouse__id__exact", stranger.warehouse.pk), ("key_hash__startswith", "a"),
        ("orders__merchant__commission_plan__rate_bps__gt", 1), ("category__products__merchant", stranger.merchant.pk),
        ("date__year", 2026), ("_to_field", "key_hash"), ("queue", "' OR 1=1"), ("level", "all"), ("stars__lt", "abc"), ("p", "-1"),
        ("o", "99.-99"),
    ]  # fmt: skip

    for address, (lookup, value) in itertools.product(addresses(merchant_site), oracles):
        if address.action != "changelist":
            continue
        url = f"{address.url(SITE)}?{lookup}={value}"
        answer = member.get(url)
        assert answer.status_code in {200, 302, 400, 403, 404}, url
        _assert_silent(answer, stranger, url)


def test_bulk_actions_do_not_reach_a_strangers_rows(member: Client, stranger: Shop, rf: Any) -> None:
    before = snapshot(stranger.merchant)

    tried = 0
    for address in addresses(merchant_site):
        if address.action != "changelist":
            continue
        theirs = rows_of(address.model_admin, stranger.merchant)
        for action, across in itertools.product(address.model_admin.actions or [], ("0", "1")):
            data = {"action": action, "_selected_action": theirs, "select_across": across, "index": "0", "apply": "1", **FILLED}
            answer = member.post(address.url(SITE), data, follow=True)
            _assert_silent(answer, stranger, f"{address.name} {action} {theirs}")
            tried += 1

    assert tried >= 6
    assert snapshot(stranger.merchant) == before


def _strangers_key(model: type[models.Model], stranger: Shop) -> Any:
    """A key of B's for a foreign key of a form, or None for tables that are everybody's."""
    if model in (Category, Brand):
        return None
    return model._base_manager.filter(merchant=stranger.merchant.pk).values_list("pk", flat=True).first()


def test_forms_refuse_a_strangers_rows_as_choices(member: Client, stranger: Shop) -> None:
    before = snapshot(stranger.merchant)

    tried = 0
    for address in addresses(merchant_site):
        if address.action != "add" or not address.model_admin.can_add:
            continue
        form = member.get(address.url(SITE)).context["adminform"].form
        for name, field in form.fields.items():
            model = getattr(getattr(field, "queryset", None), "model", None)
            theirs = _strangers_key(model, stranger) if model else None
            if theirs is None:
                continue
            answer = member.post(address.url(SITE), {name: theirs, **FILLED})
            assert name in answer.context["adminform"].form.errors, (address, name)
            _assert_silent(answer, stranger, f"{address.name} {theirs}")
            tried += 1

    assert tried >= 2
    assert snapshot(stranger.merchant) == before


def test_tables_below_a_form_refuse_a_strangers_rows(member: Client, shop: Shop, stranger: Shop) -> None:
    before = snapshot(stranger.merchant)

    for model, model_admin in merchant_site._registry.items():
        name = f"merchant:{model._meta.app_label}_{model._meta.model_name}_change"
        inlines: Any = model_admin.inlines
        for inline in inlines:
            own = rows_of(model_admin, shop.merchant)[0]
            theirs = inline.model._base_manager.filter(**{inline.tenant_path: stranger.merchant.pk}).first()
            assert theirs is not None, inline
            for prefix in (inline.model._meta.model_name + "s", "variants", "prices", "pictures", "movements", "lines"):
                data = {
                    f"{prefix}-TOTAL_FORMS": "1",
                    f"{prefix}-INITIAL_FORMS": "1",
                    f"{prefix}-0-id": theirs.pk,
                    f"{prefix}-0-DELETE": "on",
                }
                data |= {
                    f"{prefix}-0-sku": "STOLEN",
                    f"{prefix}-0-price_minor": "0.01",
                    f"{prefix}-0-is_active": "",
                    "title": "x",
                    **FILLED,
                }
                answer = member.post(reverse(name, args=[own]), data)
                assert answer.status_code in {200, 403}, inline
                _assert_silent(answer, stranger, f"{name} {theirs.pk}")

    assert snapshot(stranger.merchant) == before


def test_a_new_variant_row_cannot_be_put_below_a_strangers_product(member: Client, shop: Shop, stranger: Shop) -> None:
    before = snapshot(stranger.merchant)
    product = shop.product
    data = {
        "title": product.title, "category": product.category_id, "condition": "new", "tax_class": "standard",
        "description": "", "title_zh": "",
        "description_zh": "",
        "merchant": stranger.merchant.pk, "slug": "taken-over",
        "variants-TOTAL_FORMS": "1", "variants-INITIAL_FORMS": "1", "variants-0-id": product.variants.get().pk,
        "variants-0-product": stranger.product.pk,
        "variants-0-sku": "ANTELOPE-9", "variants-0-price_minor": "12.50", "variants-0-weight_g": "1", "variants-0-is_active": "on",
        "variants-0-merchant": stranger.merchant.pk, "pictures-TOTAL_FORMS": "0", "pictures-INITIAL_FORMS": "0",
        "prices-TOTAL_FORMS": "0", "prices-INITIAL_FORMS": "0",
        "bundle_items-TOTAL_FORMS": "0", "bundle_items-INITIAL_FORMS": "0",
    }  # fmt: skip

    member.post(reverse("merchant:catalog_product_change", args=[product.pk]), data)

    product.refresh_from_db()
    assert product.merchant_id == shop.merchant.pk
    assert product.variants.get().product_id == product.pk
    assert snapshot(stranger.merchant) == before


def test_autocomplete_finds_nothing_of_a_stranger_and_refuses_hidden_tables(member: Client, stranger: Shop) -> None:
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if not isinstance(field, models.ForeignKey | models.ManyToManyField):
                continue
            query = {
                "app_label": model._meta.app_label,
                "model_name": model._meta.model_name,
                "field_name": field.name,
                "term": stranger.canary[:4],
            }
            answer = member.get("/merchant/autocomplete/", query)
            assert answer.status_code in {200, 400, 403, 404}, query
            _assert_silent(answer, stranger, str(query))
            if field.related_model not in merchant_site._registry:
                assert answer.status_code in REFUSED, query


def test_orders_nobody_paid_are_not_the_merchants_business(member: Client, shop: Shop) -> None:
    answer = member.get("/merchant/orders/merchantorder/")

    assert shop.unpaid.number not in answer.content.decode()
    assert shop.to_ship.number in answer.content.decode()
    assert member.get(reverse("merchant:orders_merchantorder_change", args=[shop.unpaid.pk])).status_code == 404


def test_what_somebody_did_in_a_former_shop_is_not_in_the_history_of_the_new_one(member: Client, shop: Shop, stranger: Shop) -> None:
    """A person moves from B to A: nothing of B comes along."""
    mover = make_user(email="mover@example.com")
    stranger.merchant.memberships.create(user=mover, role="owner")
    member.force_login(mover)
    member.post("/merchant/merchants/apikey/add/", {"name": "BARRACUDA robot", "scopes": ["orders:read"]})
    stranger.merchant.memberships.filter(user=mover).delete()
    shop.merchant.memberships.create(user=mover, role="owner")

    for url in ("/merchant/", "/merchant/merchants/apikey/", "/merchant/search/?s=key", "/merchant/balance/"):
        answer = member.get(url)
        assert answer.status_code == 200
        _assert_silent(answer, stranger, url)


def test_the_walk_knows_a_leak_when_it_meets_one(member: Client, stranger: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: without the tenant's filter and the database's wall a stranger's pages answer, so the tests above would fail."""
    monkeypatch.setattr("merchants.admin.site.read_as", lambda merchant_id: None)
    monkeypatch.setattr(MerchantModelAdmin, "get_queryset", ConsoleAdmin.get_queryset)

    leaks = [url for address in _rows() for pk in rows_of(address.model_admin, stranger.merchant)[:1]
             if member.get(url := address.url(SITE, pk)).status_code == 200]  # fmt: skip

    assert len(leaks) > 20


def test_the_walk_refuses_an_address_it_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    known = merchant_site.get_urls()

    for extra in (path("export/", livez, name="export"), path("x/<uuid:pk>/", livez)):
        monkeypatch.setattr(merchant_site, "get_urls", lambda extra=extra: [extra, *known])
        with pytest.raises(UnknownAddress):
            list(addresses(merchant_site))
