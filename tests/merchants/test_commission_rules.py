"""Which rule of a plan an item falls under, and how rules change without touching what was sold."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from merchants.errors import CommissionRuleInvalid, CommissionRuleNotFound
from merchants.models import CommissionPlan, CommissionRule
from merchants.rules import Sold, Terms, fee_minor, first_match
from merchants.selectors import commission_plans, terms_of
from merchants.services.commission import RuleTerms, add_rule, change_rule, retire_rule
from tests.factories.merchants import make_merchant

SELLER, PRODUCT = uuid.uuid4(), uuid.uuid4()
PATHS = {"home": "0001", "lamps": "00010002", "lambs": "00010003"}
DEFAULT = Terms(rate_bps=500)


def sold(**changes: Any) -> Sold:
    fields = {"merchant": SELLER, "currency": "USD", "total_minor": 10_000, "product": PRODUCT, "category_path": "00010002"}
    return Sold(**fields | changes)


def rule(**terms: Any) -> Terms:
    return Terms(**{"rate_bps": 100, "rule": uuid.uuid4(), "version": 1} | terms)


def plan(**changes: Any) -> CommissionPlan:
    return CommissionPlan.objects.create(**{"name": f"Plan {uuid.uuid4().hex[:8]}", "rate_bps": 500} | changes)


def add(to: CommissionPlan, **terms: Any) -> CommissionRule:
    return add_rule(plan_id=to.pk, terms=RuleTerms(**{"position": 10, "rate_bps": 300} | terms), actor="operator:1", at=timezone.now())


@pytest.mark.parametrize(
    ("terms", "fits"),
    [
        ({}, True),
        ({"product": PRODUCT}, True),
        ({"product": uuid.uuid4()}, False),
        ({"category": "home"}, True),
        ({"category": "lamps"}, True),
        ({"category": "lambs"}, False),
        ({"category": "gone"}, False),
        ({"merchant": SELLER}, True),
        ({"merchant": uuid.uuid4()}, False),
        ({"currency": "USD", "from_minor": 10_000}, True),
        ({"currency": "USD", "from_minor": 10_001}, False),
        ({"currency": "USD", "to_minor": 10_000}, False),
        ({"currency": "USD", "to_minor": 10_001}, True),
        ({"currency": "JPY", "cap_minor": 5}, False),
        ({"category": "lamps", "merchant": uuid.uuid4()}, False),
    ],
)
def test_a_rule_fits_where_all_that_narrows_it_does(terms: dict[str, Any], fits: bool) -> None:
    wanted = rule(**terms)

    assert first_match([wanted, DEFAULT], sold(), PATHS) == (wanted if fits else DEFAULT)


def test_the_first_of_two_rules_that_fit_decides() -> None:
    first, second = rule(category="home"), rule(category="lamps")

    assert first_match([first, second, DEFAULT], sold(), PATHS) is first
    assert first_match([second, first, DEFAULT], sold(), PATHS) is second


@pytest.mark.parametrize(
    ("terms", "fits"),
    [
        ({}, True),
        ({"merchant": SELLER}, True),
        ({"category": "home"}, False),
        ({"product": PRODUCT}, False),
        ({"currency": "USD", "from_minor": 1}, False),
        ({"currency": "USD", "rate_bps": None, "fixed_minor": 10}, False),
    ],
)
def test_shipping_falls_under_rules_that_ask_for_no_goods(terms: dict[str, Any], fits: bool) -> None:
    wanted = rule(**terms)

    assert (first_match([wanted, DEFAULT], sold(product=None, category_path=""), PATHS) is wanted) is fits


@pytest.mark.parametrize(
    ("terms", "base", "quantity", "fee"),
    [
        ({"rate_bps": 825}, 1_444, 1, 119),
        ({"rate_bps": 250}, 999, 1, 25),
        ({"rate_bps": 500}, 9, 1, 0),
        ({"rate_bps": 500, "floor_minor": 100}, 1_000, 3, 100),
        ({"rate_bps": 500, "cap_minor": 40}, 1_000, 3, 40),
        ({"rate_bps": 500, "floor_minor": 100}, 60, 1, 60),
        ({"rate_bps": None, "fixed_minor": 30}, 1_000, 3, 90),
        ({"rate_bps": None, "fixed_minor": 500}, 1_000, 3, 1_000),
        ({"rate_bps": 10_000}, 1_000, 1, 1_000),
    ],
)
def test_a_fee_is_a_share_between_floor_and_cap_or_so_much_per_piece(terms: dict[str, Any], base: int, quantity: int, fee: int) -> None:
    assert fee_minor(rule(**terms), base, quantity) == fee


def test_a_merchants_terms_are_read_in_their_order_with_the_plans_rate_at_the_bottom(db: None, django_assert_num_queries: Any) -> None:
    merchant = make_merchant(commission_plan=plan(rate_bps=700))
    last = add(merchant.commission_plan, position=20, category="home", merchant_id=merchant.pk)
    first = add(merchant.commission_plan, position=5, product=PRODUCT, currency="USD", rate_bps=None, fixed_minor=30)
    add(plan())

    with django_assert_num_queries(1):
        terms = commission_plans([merchant.pk])[merchant.pk]

    assert terms == [terms_of(first), terms_of(last), Terms(rate_bps=700)]


def test_a_change_writes_a_new_version_and_keeps_the_old_one(db: None) -> None:
    old = add(plan(), rate_bps=300)

    new = change_rule(rule_id=old.pk, terms=RuleTerms(position=10, rate_bps=200), actor="operator:1", at=timezone.now())

    old.refresh_from_db()
    assert (new.rule, new.version, new.rate_bps, new.retired_at) == (old.rule, 2, 200, None)
    assert (old.version, old.rate_bps) == (1, 300)
    assert old.retired_at is not None


def test_the_same_terms_again_are_no_new_version(db: None) -> None:
    row = add(plan())

    same = change_rule(rule_id=row.pk, terms=RuleTerms(position=10, rate_bps=300), actor="operator:1", at=timezone.now())

    assert same == row
    assert CommissionRule.objects.count() == 1


def test_a_version_that_was_replaced_cannot_be_changed_again(db: None) -> None:
    old = add(plan())
    change_rule(rule_id=old.pk, terms=RuleTerms(position=10, rate_bps=200), actor="operator:1", at=timezone.now())

    with pytest.raises(CommissionRuleNotFound):
        change_rule(rule_id=old.pk, terms=RuleTerms(position=10, rate_bps=100), actor="operator:1", at=timezone.now())
    with pytest.raises(CommissionRuleNotFound):
        retire_rule(rule_id=old.pk, at=timezone.now())

    assert CommissionRule.objects.count() == 2


def test_a_retired_rule_no_longer_counts(db: None) -> None:
    merchant = make_merchant(commission_plan=plan())
    row = add(merchant.commission_plan)

    retire_rule(rule_id=row.pk, at=timezone.now())

    assert commission_plans([merchant.pk])[merchant.pk] == [Terms(rate_bps=500)]


@pytest.mark.parametrize(
    "terms",
    [
        {"rate_bps": None},
        {"rate_bps": 10_001},
        {"fixed_minor": 10, "currency": "USD"},
        {"cap_minor": 10},
        {"currency": "USD", "floor_minor": 10, "cap_minor": 9},
        {"currency": "USD", "from_minor": 10, "to_minor": 10},
        {"currency": "USD", "floor_minor": -1},
        {"rate_bps": None, "fixed_minor": -1, "currency": "USD"},
    ],
)
def test_terms_that_contradict_themselves_are_refused(db: None, terms: dict[str, Any]) -> None:
    with pytest.raises(CommissionRuleInvalid):
        add(plan(), **terms)

    assert not CommissionRule.objects.exists()


def test_two_rules_of_a_plan_do_not_share_a_position(db: None) -> None:
    owner = plan()
    add(owner)

    with pytest.raises(CommissionRuleInvalid):
        add(owner)

    add(plan())
    assert CommissionRule.objects.filter(plan=owner).count() == 1


def test_the_database_refuses_to_change_or_delete_a_version(db: None) -> None:
    row = add(plan())

    with pytest.raises(IntegrityError), transaction.atomic():
        CommissionRule.objects.filter(pk=row.pk).update(rate_bps=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        CommissionRule.objects.filter(pk=row.pk).delete()

    row.refresh_from_db()
    assert row.rate_bps == 300
