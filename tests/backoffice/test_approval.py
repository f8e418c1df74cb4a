"""The merchant sends in and proposes; the operator sees the difference and decides."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from catalog.models import Product, Proposal
from catalog.services import approval
from catalog.services.products import hide_product
from merchants.models import Merchant
from merchants.services.merchants import update_merchant
from tests.backoffice.market import Shop
from tests.catalog.test_approval import MERCHANT, NOW, on_sale, propose
from tests.factories.accounts import make_user
from tests.factories.catalog import make_product
from tests.factories.merchants import make_membership, make_merchant

pytestmark = pytest.mark.django_db


@pytest.fixture
def merchant() -> Merchant:
    return make_merchant(needs_approval=True)


@pytest.fixture
def member(merchant: Merchant, client: Client) -> Client:
    client.force_login(make_membership(merchant, make_user(), "owner").user)
    return client


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def form_of(product: Product, **changes: Any) -> dict[str, Any]:
    variant = product.variants.get()
    return {
        "title": product.title, "category": product.category_id, "condition": "new", "tax_class": "standard", "description": "",
        "title_zh": "", "description_zh": "", "variants-TOTAL_FORMS": "1", "variants-INITIAL_FORMS": "1", "variants-0-id": variant.pk,
        "variants-0-product": product.pk, "variants-0-sku": variant.sku, "variants-0-price_minor": "12.50", "variants-0-weight_g": "300",
        "variants-0-is_active": "on", "pictures-TOTAL_FORMS": "0", "pictures-INITIAL_FORMS": "0", "prices-TOTAL_FORMS": "0",
        "prices-INITIAL_FORMS": "0", "bundle_items-TOTAL_FORMS": "0", "bundle_items-INITIAL_FORMS": "0", **changes,
    }  # fmt: skip


def test_saving_changes_prices_at_once_and_proposes_texts(member: Client, merchant: Merchant) -> None:
    product = on_sale(merchant, title="Lamp")

    answer = member.post(reverse("merchant:catalog_product_change", args=[product.pk]), form_of(product, title="Red lamp"), follow=True)

    product.refresh_from_db()
    assert "when the marketplace has agreed" in answer.text
    assert (product.title, product.variants.get().price_minor) == ("Lamp", 1_250)
    proposal = Proposal.objects.get()
    assert proposal.changes == {"title": {"old": "Lamp", "new": "Red lamp"}}
    page = member.get(reverse("merchant:catalog_proposal_change", args=[proposal.pk])).text
    assert '<del class="difference-old">Lamp</del><ins class="difference-new">Red lamp</ins>' in page


def test_a_merchant_is_offered_to_send_in_not_to_publish(member: Client, merchant: Merchant) -> None:
    product = on_sale(merchant)
    approval.rework_product(product_id=_hidden(product).pk, actor=MERCHANT, at=NOW)
    url = reverse("merchant:catalog_product_change", args=[product.pk])

    page = member.get(url).text

    assert "Send in for approval" in page
    assert "/publish/" not in page


def _hidden(product: Product) -> Product:
    return hide_product(product_id=product.pk, actor=MERCHANT, at=NOW)


def test_new_pictures_and_variants_of_goods_on_sale_are_refused_with_a_reason(member: Client, merchant: Merchant) -> None:
    product = on_sale(merchant, title="Lamp")
    extra = {"variants-TOTAL_FORMS": "2", "variants-1-sku": "NEW-1", "variants-1-options": "Colour: Red", "variants-1-price_minor": "5"}
    extra |= {"variants-1-weight_g": "1", "variants-1-is_active": "on"}

    answer = member.post(reverse("merchant:catalog_product_change", args=[product.pk]), form_of(product, **extra))

    assert answer.status_code == 200
    assert "take the product back to draft first" in answer.text
    assert product.variants.count() == 1


def test_the_operator_sees_the_difference_and_accepts(operator: Client, merchant: Merchant) -> None:
    product = on_sale(merchant, title="Paper lamp")
    proposal = propose(product, title="Silk lamp", i18n={"zh-hans": {"title": "<b>丝灯</b>"}})

    page = operator.get(reverse("admin:catalog_proposal_change", args=[proposal.pk])).text

    assert '<del class="difference-old">Paper</del><ins class="difference-new">Silk</ins> lamp' in page
    assert "<b>丝灯</b>" not in page
    operator.post(reverse("admin:catalog_proposal_accept", args=[proposal.pk]), {"_form_submitted": "1"})
    product.refresh_from_db()
    assert product.title == "Silk lamp"


def test_the_operator_rejects_with_a_reason_the_merchant_reads(operator: Client, merchant: Merchant) -> None:
    product = on_sale(merchant, title="Lamp")
    proposal = propose(product, title="Red lamp")

    operator.post(reverse("admin:catalog_proposal_reject", args=[proposal.pk]), {"_form_submitted": "1", "reason": "Not red"})

    operator.force_login(make_membership(merchant, make_user(), "owner").user)
    assert "Not red" in operator.get(reverse("merchant:catalog_product_change", args=[product.pk])).text


def test_the_operator_returns_a_product_with_a_reason_the_merchant_reads(operator: Client, merchant: Merchant) -> None:
    product = on_sale(merchant)
    approval.rework_product(product_id=_hidden(product).pk, actor=MERCHANT, at=NOW)
    approval.submit_or_publish(product_id=product.pk, actor=MERCHANT, at=NOW)
    page = reverse("admin:catalog_product_change", args=[product.pk])
    assert "Approve" in operator.get(page).text

    operator.post(reverse("admin:catalog_product_give_back", args=[product.pk]), {"_form_submitted": "1", "reason": "No picture"})

    assert Product.objects.get(pk=product.pk).status == "draft"
    operator.force_login(make_membership(merchant, make_user(), "owner").user)
    assert "No picture" in operator.get(reverse("merchant:catalog_product_change", args=[product.pk])).text


def test_the_operator_decides_whose_goods_are_looked_at(operator: Client, shop: Shop) -> None:
    url = reverse("admin:merchants_merchant_change", args=[shop.merchant.pk])
    plan = shop.merchant.commission_plan_id

    operator.post(url, {"commission_plan": plan, "needs_approval": "on", "memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"})

    shop.merchant.refresh_from_db()
    assert shop.merchant.needs_approval
    update_merchant(merchant_id=shop.merchant.pk, needs_approval=False)


def test_a_merchant_plans_in_the_form_and_reads_which_time_zone_it_is(member: Client, merchant: Merchant) -> None:
    update_merchant(merchant_id=merchant.pk, needs_approval=False)
    product = make_product(merchant=merchant, published=False)
    url = reverse("merchant:catalog_product_change", args=[product.pk])
    soon = {"publish_at_0": "2099-01-01", "publish_at_1": "10:00:00"}

    member.post(url, form_of(product, **soon))

    product.refresh_from_db()
    assert product.publish_at == dt.datetime(2099, 1, 1, 10, tzinfo=dt.UTC)
    assert "Time zone: UTC" in member.get(url).text
    assert "on sale" in member.get(reverse("merchant:catalog_product_changelist")).text
    refused = member.post(url, form_of(product, **soon, hide_at_0="2098-01-01", hide_at_1="10:00:00"))
    assert "goes on sale in the future, and off sale after that" in refused.text


def test_an_operator_approves_many_at_once(merchant: Merchant, operator: Client) -> None:
    waiting = [_waiting(merchant) for _ in range(2)]
    draft = make_product(merchant=merchant, published=False)

    keys = [str(product.pk) for product in (*waiting, draft)]
    page = operator.post(reverse("admin:catalog_product_changelist"), {"action": "approve_selected", "_selected_action": keys}, follow=True)

    assert "2 products are approved." in page.text
    assert sorted(Product.objects.filter(merchant=merchant).values_list("status", flat=True)) == ["draft", "published", "published"]


def _waiting(merchant: Merchant) -> Product:
    return approval.submit_or_publish(product_id=make_product(merchant=merchant, published=False).pk, actor=MERCHANT, at=NOW)
