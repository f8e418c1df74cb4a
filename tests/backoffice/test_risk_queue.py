"""The operator's review queue, the policy and the exchange rates."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalog.models import VariantPrice
from core.models import ExchangeRate
from core.remembered import forget
from orders.models import Checkout, MerchantOrder
from orders.states import OrderStatus
from payments import risk_rules
from payments.models import RiskAssessment, RiskPolicy
from payments.services.risk import change_policy
from tests.backoffice.market import Shop
from tests.backoffice.test_work import CONFIRM, _press
from tests.drain import drain
from tests.factories.exchange import make_rates
from tests.factories.orders import make_cart, place
from tests.walkthrough import pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(operator: User) -> Client:
    browser = Client()
    browser.force_login(operator)
    return browser


@pytest.fixture
def waiting(shop: Shop) -> RiskAssessment:
    change_policy(weights={"new_buyer": 10}, limits={}, thresholds=(5, 5, 101), entered_by="operator:test", at=timezone.now())
    forget()
    checkout = place(make_cart(shop.product.variants.get()))
    pay(checkout)
    drain()
    return RiskAssessment.objects.get(reference=checkout.pk, stage="paid")


def test_the_queue_says_why_in_words(staff: Client, waiting: RiskAssessment) -> None:
    listed = staff.get(reverse("admin:payments_riskassessment_changelist") + "?queue=waiting").content.decode()
    page = staff.get(reverse("admin:payments_riskassessment_change", args=[waiting.pk])).content.decode()

    checkout = Checkout.objects.get(pk=waiting.reference)
    assert checkout.number in listed
    assert "New buyer" in listed
    assert "Nobody has paid under this account or e-mail address before" in page
    assert "+10" in page
    assert checkout.email in page
    assert "Judged by version 1" in page


def test_one_click_approves_and_is_written_down(staff: Client, operator: User, waiting: RiskAssessment) -> None:
    _press(staff, "admin", waiting, "approve")

    waiting.refresh_from_db()
    assert (waiting.verdict, waiting.reviewed_by) == ("approved", f"operator:{operator.pk}")
    assert MerchantOrder.objects.get(checkout=waiting.reference).status == OrderStatus.PAID
    again = _press(staff, "admin", waiting, "approve")
    assert again.status_code in {200, 302}


def test_a_rejection_needs_a_reason_that_the_shopper_reads(staff: Client, waiting: RiskAssessment) -> None:
    assert _press(staff, "admin", waiting, "reject", reason="").status_code == 200
    waiting.refresh_from_db()
    assert waiting.verdict == ""

    _press(staff, "admin", waiting, "reject", reason="The card holder did not order this")

    waiting.refresh_from_db()
    assert waiting.verdict == "rejected"
    assert MerchantOrder.objects.get(checkout=waiting.reference).status == OrderStatus.CANCELLED


def test_the_merchant_sees_that_nothing_is_to_be_sent_yet(shop: Shop, client: Client, waiting: RiskAssessment) -> None:
    client.force_login(shop.owner)
    order = MerchantOrder.objects.get(checkout=waiting.reference)

    queue = client.get(reverse("merchant:to-ship")).content.decode()
    page = client.get(reverse("merchant:orders_merchantorder_change", args=[order.pk])).content.decode()

    assert order.number not in queue
    assert "Please do not send anything yet" in page
    assert client.get(reverse("merchant:index")).status_code == 200


def test_a_changed_policy_is_a_new_version(staff: Client) -> None:
    url = reverse("admin:payments_riskpolicy_add")
    form = staff.get(url).context["adminform"].form
    data = {name: form.initial.get(name, "") for name in form.fields}

    answer = staff.post(url, {**data, "review_from": "75", "weight_new_buyer": "12", "limit_many_cards": "2", **CONFIRM})

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    row = RiskPolicy.objects.get()
    assert (row.version, row.review_from, row.weights["new_buyer"], row.limits["many_cards"]) == (1, 75, 12, 2)
    assert row.weights.keys() == risk_rules.WEIGHTS.keys()
    assert staff.get(reverse("admin:payments_riskpolicy_change", args=[row.pk])).status_code == 200
    refused = staff.post(url, {**data, "review_from": "5", **CONFIRM})
    assert refused.status_code == 200
    assert RiskPolicy.objects.count() == 1


def test_rates_are_entered_one_by_one_or_as_a_file(staff: Client) -> None:
    url, today = reverse("admin:core_exchangerate_add"), timezone.localdate().isoformat()

    one = staff.post(url, {"base": "usd", "quote": "jpy", "rate": "155.23", "on": today})
    file = SimpleUploadedFile("rates.csv", f"base,quote,rate,on\nUSD,EUR,0.86,{today}\nUSD,JPY,155.23,{today}\n".encode())
    many = staff.post(url, {"file": file, "on": today})
    wrong = staff.post(url, {"base": "USD", "quote": "JPY", "rate": "156", "on": today})
    nothing = staff.post(url, {"base": "", "quote": "", "rate": "", "on": ""})

    assert (one.status_code, many.status_code, wrong.status_code, nothing.status_code) == (302, 302, 200, 200)
    assert b"155.23 already" in wrong.content
    assert dict(ExchangeRate.objects.values_list("quote", "source")) == {"JPY": "entered", "EUR": "file"}
    assert staff.get(reverse("admin:core_exchangerate_changelist")).status_code == 200
    assert staff.get(reverse("admin:core_exchangerate_change", args=[ExchangeRate.objects.first().pk])).status_code == 200  # type: ignore[union-attr]


def _prices(shop: Shop, *rows: dict[str, Any], existing: int = 0) -> dict[str, Any]:
    variant = shop.product.variants.get()
    data = {
        "title": shop.product.title, "title_zh": "", "description": "", "description_zh": "", "condition": "new", "brand": "",
        "category": shop.product.category_id, "tax_class": getattr(shop.product, "tax_class", ""),
        "pictures-TOTAL_FORMS": "0", "pictures-INITIAL_FORMS": "0", "variants-TOTAL_FORMS": "1", "variants-INITIAL_FORMS": "1",
        "variants-0-id": variant.pk, "variants-0-product": shop.product.pk, "variants-0-sku": variant.sku, "variants-0-options": "",
        "variants-0-price_minor": "20.00", "variants-0-compare_at_minor": "", "variants-0-weight_g": variant.weight_g,
        "variants-0-is_active": "on", "bundle_items-TOTAL_FORMS": "0", "bundle_items-INITIAL_FORMS": "0",
        "prices-TOTAL_FORMS": str(len(rows)), "prices-INITIAL_FORMS": str(existing),
    }  # fmt: skip
    for index, row in enumerate(rows):
        data |= {f"prices-{index}-{name}": value for name, value in row.items()}
        data[f"prices-{index}-product"] = shop.product.pk
    return data


def test_a_merchant_sets_changes_and_takes_back_a_price_in_another_currency(shop: Shop, client: Client) -> None:
    make_rates()
    client.force_login(shop.owner)
    VariantPrice.objects.filter(product=shop.product).delete()
    url, variant = reverse("merchant:catalog_product_change", args=[shop.product.pk]), shop.product.variants.get()
    new = {"variant": variant.pk, "currency": "JPY", "price_minor": "2980", "compare_at_minor": "3500"}

    assert client.post(url, _prices(shop, new)).status_code == 302
    price = VariantPrice.objects.get()
    assert (price.currency, price.price_minor, price.compare_at_minor, price.merchant) == ("JPY", 2_980, 3_500, shop.merchant)
    page = client.get(url).content.decode()
    assert "¥2,980 ✎" in page
    assert "€17.31" in page

    kept = {"id": price.pk, "price_minor": "2880", "compare_at_minor": ""}
    assert client.post(url, _prices(shop, kept, existing=1)).status_code == 302
    assert VariantPrice.objects.get().price_minor == 2_880
    wrong = client.post(url, _prices(shop, {**kept, "price_minor": "28.80"}, existing=1))
    assert wrong.status_code == 200
    assert VariantPrice.objects.get().price_minor == 2_880
    assert client.post(url, _prices(shop, {**kept, "DELETE": "on"}, existing=1)).status_code == 302
    assert not VariantPrice.objects.exists()


def test_the_balance_is_shown_by_currency(shop: Shop, client: Client) -> None:
    client.force_login(shop.owner)

    page = client.get(reverse("merchant:balance") + "?currency=JPY")

    assert page.status_code == 200
    assert "$" in page.content.decode()
