"""What is frozen when a purchase is placed: the tax its prices include and the operator's commission, line by line."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import Product
from core.invariants import violations
from core.money import basis_points
from merchants.models import Merchant
from merchants.services.commission import RuleTerms, add_rule, change_rule
from orders.models import CommissionLine, MerchantOrder, OrderLine, TaxRate
from orders.rules.commission import commission_of_refund
from orders.selectors.taxes import forget_tax_rates
from tests.factories.catalog import make_category
from tests.factories.orders import make_buyer, make_cart, make_goods, make_seller, place
from tests.factories.taxes import make_tax_rate

pytestmark = pytest.mark.django_db


def add(seller: Merchant, **terms: Any) -> Any:
    fields = {"position": 10, "rate_bps": 300} | terms
    return add_rule(plan_id=seller.commission_plan_id, terms=RuleTerms(**fields), actor="operator:1", at=timezone.now())


def frozen(order: MerchantOrder) -> list[tuple[Any, ...]]:
    rows = order.commission_lines.order_by("-gross_minor")
    return [(row.line_id, row.rule_id, row.version, row.base_minor, row.rate_bps, row.amount_minor, row.tax_minor) for row in rows]


def test_prices_include_the_tax_of_the_country_the_goods_go_to() -> None:
    make_tax_rate("CN", 1_300)
    make_tax_rate("DE", 1_900)
    seller = make_seller(shipping=500)

    checkout = place(make_cart(make_goods(merchant=seller, price=11_300)), buyer=make_buyer(country="DE"))

    order = checkout.orders.get()
    line = order.lines.get()
    assert (line.total_minor, line.tax_kind, line.tax_bps, line.tax_minor) == (11_300, "vat", 1_900, 1_804)
    assert (order.shipping_tax_bps, order.shipping_tax_minor, order.tax_minor) == (1_900, 80, 1_884)  # 19/119 of 118.00
    assert checkout.total_minor == 11_800


def test_goods_are_taxed_by_their_class_and_shipping_as_standard() -> None:
    make_tax_rate("CN", 1_300)
    make_tax_rate("CN", 900, "reduced")
    goods = make_goods(price=10_900)
    Product.objects.filter(pk=goods.product_id).update(tax_class="reduced")

    order = place(make_cart(goods)).orders.get()

    assert (order.lines.get().tax_bps, order.lines.get().tax_minor, order.shipping_tax_bps) == (900, 900, 1_300)


def test_there_is_no_tax_where_no_rate_is_known() -> None:
    make_tax_rate("DE")

    order = place(make_cart(make_goods())).orders.get()

    assert (order.tax_minor, order.lines.get().tax_kind) == (0, "")


def test_tax_of_many_lines_sums_exactly_and_every_line_gets_whole_units() -> None:
    """MON21."""
    make_tax_rate("CN", 1_300)
    sellers = [make_seller(shipping=shipping) for shipping in (333, 334, 0)]
    goods = [
        make_goods(merchant=sellers[place % 3], price=price) for place, price in enumerate((1_429, 1_429, 1_429, 1_428, 1_428, 1_428, 762))
    ]

    checkout = place(make_cart(*goods))

    orders = list(checkout.orders.all())
    assert (checkout.total_minor, len(orders)) == (10_000, 3)
    for order in orders:
        lines = list(order.lines.all())
        assert order.tax_minor == sum(line.tax_minor for line in lines) + order.shipping_tax_minor
        assert order.tax_minor == round(order.total_minor * 13 / 113)
    assert violations() == {}


def test_commission_is_taken_from_the_net_amount_of_each_line_and_of_shipping() -> None:
    make_tax_rate("CN", 1_300)
    seller = make_seller(shipping=1_130)
    goods = make_goods(merchant=seller, price=11_300)

    order = place(make_cart(goods)).orders.get()

    line = order.lines.get()
    assert frozen(order) == [(line.pk, None, 0, 10_000, 500, 500, 65), (None, None, 0, 1_000, 500, 50, 7)]
    assert (order.commission_minor, order.commission_tax_minor) == (550, 72)


def test_the_operators_fee_is_taxed_where_the_operator_is_at_home(settings: Any) -> None:
    settings.OPERATOR_COUNTRY = "DE"
    make_tax_rate("DE", 1_900)
    make_tax_rate("DE", 700, "service")

    order = place(make_cart(make_goods(merchant=make_seller(shipping=0), price=10_000))).orders.get()

    assert (order.tax_minor, order.commission_minor, order.commission_tax_minor) == (0, 500, 35)


def test_the_first_rule_that_fits_is_frozen_with_its_version() -> None:
    lamps = make_category("Lamps", parent=make_category("Home"))
    seller = make_seller(shipping=0)
    by_category = add(seller, position=20, category=lamps.slug, rate_bps=800)
    goods = make_goods(merchant=seller, price=2_000, category=lamps)
    by_product = add(seller, position=10, product=goods.product_id, currency="USD", rate_bps=None, fixed_minor=55)
    other = make_goods(merchant=seller, price=3_000, category=lamps)

    order = place(make_cart(goods, other, make_goods(merchant=seller, price=1_000), quantity=2)).orders.get()

    assert [row[1:6] for row in frozen(order)] == [
        (by_category.pk, 1, 6_000, 800, 480),
        (by_product.pk, 1, 4_000, None, 110),
        (None, 0, 2_000, 500, 100),
    ]
    assert order.commission_minor == 690


def test_later_changes_of_the_plan_never_touch_what_was_agreed() -> None:
    seller = make_seller(shipping=0)
    rule = add(seller, rate_bps=1_000)
    order = place(make_cart(make_goods(merchant=seller, price=2_000))).orders.get()
    before = frozen(order)

    new = change_rule(rule_id=rule.pk, terms=RuleTerms(position=10, rate_bps=2_000), actor="operator:1", at=timezone.now())
    seller.commission_plan.rate_bps = 9_000
    seller.commission_plan.save()
    TaxRate.objects.create(country="CN", rate_bps=1_300, valid_from="2019-04-01")
    forget_tax_rates()
    later = place(make_cart(make_goods(merchant=seller, price=2_000))).orders.get()

    order.refresh_from_db()
    assert (frozen(order), order.commission_minor, order.tax_minor) == (before, 200, 0)
    assert frozen(later)[0][1:3] == (new.pk, 2)
    assert later.commission_minor == basis_points(2_000 - later.tax_minor, 2_000)


def test_the_database_refuses_to_change_a_frozen_line() -> None:
    place(make_cart(make_goods()))

    with pytest.raises(IntegrityError), transaction.atomic():
        CommissionLine.objects.update(amount_minor=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        CommissionLine.objects.all().delete()

    assert CommissionLine.objects.filter(amount_minor__gt=0).exists()


def test_fee_and_tax_upon_it_never_exceed_the_order() -> None:
    make_tax_rate("CN", 600, "service")
    seller = make_seller(shipping=0)
    add(seller, rate_bps=10_000)

    order = place(make_cart(make_goods(merchant=seller, price=999))).orders.get()

    assert order.commission_minor + order.commission_tax_minor <= order.total_minor
    assert order.commission_minor == 942


def test_an_order_whose_sums_are_not_those_of_its_lines_is_seen() -> None:
    order = place(make_cart(make_goods())).orders.get()

    MerchantOrder.objects.filter(pk=order.pk).update(commission_minor=order.commission_minor - 1, tax_minor=3)

    assert {"invariant_order_commission_is_sum_of_lines", "invariant_order_tax_is_sum_of_lines"} <= set(violations())


def test_part_refunds_give_a_lines_commission_back_to_the_cent() -> None:
    """MON21."""
    make_tax_rate("CN", 1_300)
    order = place(make_cart(make_goods(price=999, merchant=make_seller(shipping=0)))).orders.get()
    line = order.commission_lines.get()

    parts = [commission_of_refund(line, before, 111) for before in range(0, 999, 111)]

    assert sum(commission for commission, _ in parts) == line.amount_minor == order.commission_minor
    assert sum(tax for _, tax in parts) == line.tax_minor
    assert OrderLine.objects.count() == 1
