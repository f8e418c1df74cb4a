"""Invoices, commission rules and tax rates, as merchants and the operator work with them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from merchants.models import CommissionPlan, CommissionRule
from merchants.services.commission import RuleTerms, add_rule
from orders.models import Invoice, TaxRate
from orders.selectors.taxes import tax_rates
from tests.backoffice.market import Shop, paid_order
from tests.factories.taxes import make_tax_rate

RULES = "admin:merchants_commissionrule"


@pytest.fixture
def staff(operator: User) -> Client:
    browser = Client()
    browser.force_login(operator)
    return browser


@pytest.fixture
def owner(shop: Shop, client: Client) -> Client:
    client.force_login(shop.owner)
    return client


def rule_form(plan: CommissionPlan, **changes: Any) -> dict[str, Any]:
    return {"plan": plan.pk, "position": "10", "rate_bps": "300", "note": "", "product": "", "category": "", "merchant": ""} | changes


def add(plan: CommissionPlan, **terms: Any) -> CommissionRule:
    return add_rule(plan_id=plan.pk, terms=RuleTerms(**{"position": 10, "rate_bps": 300} | terms), actor="operator:1", at=timezone.now())


def test_both_sides_read_an_invoice_and_its_file(owner: Client, staff: Client, shop: Shop) -> None:
    paper = Invoice.objects.get(order=shop.to_ship)

    for browser, site in ((owner, "merchant"), (staff, "admin")):
        page = reverse(f"{site}:orders_invoice_change", args=[paper.pk])
        answer = browser.get(f"{page}?format=pdf")

        assert paper.number in browser.get(reverse(f"{site}:orders_invoice_changelist")).text
        assert paper.number in browser.get(page).text
        assert f"{page}?format=pdf" in browser.get(reverse(f"{site}:orders_merchantorder_change", args=[shop.to_ship.pk])).text
        assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")


def test_another_merchants_invoice_is_not_there(owner: Client, stranger: Shop) -> None:
    """TEN13."""
    paper = Invoice.objects.get(order=stranger.to_ship)

    answer = owner.get(reverse("merchant:orders_invoice_change", args=[paper.pk]) + "?format=pdf")

    assert answer.status_code == 404
    assert b"%PDF" not in answer.content


def test_a_role_without_orders_reads_no_invoice(shop: Shop, client: Client) -> None:
    client.force_login(shop.member("catalogue"))
    paper = Invoice.objects.get(order=shop.to_ship)

    assert client.get(reverse("merchant:orders_invoice_change", args=[paper.pk]) + "?format=pdf").status_code in {403, 404}


def test_an_invoice_cannot_be_changed_or_deleted_on_a_page(staff: Client, shop: Shop) -> None:
    paper = Invoice.objects.get(order=shop.to_ship)

    posted = staff.post(reverse("admin:orders_invoice_change", args=[paper.pk]), {"number": "X"})
    deleted = staff.post(reverse("admin:orders_invoice_delete", args=[paper.pk]), {"post": "yes"})

    assert {posted.status_code, deleted.status_code} == {403}
    assert Invoice.objects.get(pk=paper.pk).number == paper.number


def test_the_operator_adds_a_rule_and_a_change_is_its_next_version(staff: Client, shop: Shop) -> None:
    plan = shop.merchant.commission_plan
    staff.post(reverse(f"{RULES}_add"), rule_form(plan, category=shop.product.category.slug, cap_minor="12.50"))
    rule = CommissionRule.objects.get()

    answer = staff.post(reverse(f"{RULES}_change", args=[rule.pk]), rule_form(plan, product=f"/p/{shop.product.slug}/", rate_bps="250"))

    assert answer.status_code == 302
    new = CommissionRule.objects.get(retired_at=None)
    rule.refresh_from_db()
    assert (rule.category, rule.cap_minor, rule.currency, rule.rate_bps) == (shop.product.category.slug, 1_250, "USD", 300)
    assert (new.rule, new.version, new.product, new.category, new.cap_minor, new.rate_bps) == (rule.rule, 2, shop.product.pk, "", None, 250)
    assert rule.actor.startswith("operator:")
    page = staff.get(reverse("admin:merchants_commissionplan_change", args=[plan.pk])).text
    assert shop.product.title in page
    assert "retired" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"rate_bps": ""},
        {"rate_bps": "10001"},
        {"product": "nothing"},
        {"category": "nothing"},
        {"from_minor": "5", "to_minor": "4"},
        {"position": "x"},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_on_its_page(staff: Client, shop: Shop, changes: dict[str, str]) -> None:
    answer = staff.post(reverse(f"{RULES}_add"), rule_form(shop.merchant.commission_plan, **changes))

    assert answer.status_code == 200
    assert not CommissionRule.objects.exists()


def test_a_retired_rule_can_only_be_read(staff: Client, shop: Shop) -> None:
    rule = add(shop.merchant.commission_plan)

    staff.post(reverse(f"{RULES}_retire", args=[rule.pk]), {"_form_submitted": "1"})
    answer = staff.post(reverse(f"{RULES}_change", args=[rule.pk]), rule_form(rule.plan, rate_bps="1"))

    rule.refresh_from_db()
    assert rule.retired_at is not None
    assert answer.status_code == 403
    assert staff.get(reverse(f"{RULES}_change", args=[rule.pk])).status_code == 200


def test_the_operator_asks_what_an_item_would_pay(staff: Client, shop: Shop) -> None:
    make_tax_rate("CN", 1_300)
    plan = shop.merchant.commission_plan
    add(plan, position=7, category=shop.product.category.slug, rate_bps=1_000)
    url = reverse("admin:merchants_commissionplan_preview", args=[plan.pk])

    answer = staff.post(url, {"_form_submitted": "1", "sku": "ANTELOPE-1", "quantity": "2"}, follow=True)
    unknown = staff.post(url, {"_form_submitted": "1", "sku": "nothing", "quantity": "2"}, follow=True)

    # 40.00 with 13 % tax in it is 35.40 net; a tenth of that, and 13 % tax upon the fee.
    for piece in ("$40.00", "$35.40", "rule 7, version 1", "$3.54", "$0.46"):
        assert piece in answer.text, piece
    assert "No item has this SKU." in unknown.text


def test_the_order_page_shows_which_rule_took_what(staff: Client, shop: Shop) -> None:
    make_tax_rate("CN", 1_300)
    add(shop.merchant.commission_plan, position=7, rate_bps=1_000)
    order = paid_order(shop.product.variants.get(), shop.canary)

    page = staff.get(reverse("admin:orders_merchantorder_change", args=[order.pk])).text

    assert "rule 7, version 1" in page
    assert "incl. VAT 13%" in page


def test_a_new_tax_rate_counts_at_once_where_it_was_typed(staff: Client) -> None:
    assert tax_rates() == []

    staff.post(
        reverse("admin:orders_taxrate_add"),
        {"country": "DE", "tax_class": "standard", "kind": "vat", "rate_bps": "1900", "valid_from": "2021-01-01"},
    )

    assert TaxRate.objects.get().rate_bps == 1_900
    assert [row.rate.bps for row in tax_rates()] == [1_900]


def test_the_merchants_tax_number_is_theirs_to_write(owner: Client, shop: Shop) -> None:
    form = owner.get(reverse("merchant:merchants_merchant_change", args=[shop.merchant.pk])).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields} | {"tax_number": "DE123456789"}

    owner.post(reverse("merchant:merchants_merchant_change", args=[shop.merchant.pk]), data)

    shop.merchant.refresh_from_db()
    assert shop.merchant.tax_number == "DE123456789"
