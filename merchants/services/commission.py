"""The rules of commission plans. No version is ever changed: what was sold under it keeps pointing at it."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from merchants.errors import CommissionRuleInvalid, CommissionRuleNotFound
from merchants.models import CommissionPlan, CommissionRule


@dataclass(frozen=True)
class RuleTerms:
    """What a rule says; None and empty do not narrow it. Amounts in minor units of `currency`, rates in basis points."""

    position: int
    product: uuid.UUID | None = None
    category: str = ""
    merchant_id: uuid.UUID | None = None
    currency: str = ""
    from_minor: int | None = None
    to_minor: int | None = None
    rate_bps: int | None = None
    floor_minor: int | None = None
    cap_minor: int | None = None
    fixed_minor: int | None = None
    note: str = ""


@transaction.atomic
def add_rule(*, plan_id: uuid.UUID, terms: RuleTerms, actor: str, at: dt.datetime) -> CommissionRule:
    """Put a rule into a plan; it counts for what is placed from now on.

    Raises:
        CommissionRuleNotFound: no such plan.
        CommissionRuleInvalid: the terms contradict themselves, or the position is taken.
    """
    _locked_plan(plan_id)
    return _written(CommissionRule(plan_id=plan_id, actor=actor, created_at=at, **_values(terms)))


@transaction.atomic
def change_rule(*, rule_id: uuid.UUID, terms: RuleTerms, actor: str, at: dt.datetime) -> CommissionRule:
    """Write the next version of a rule and retire this one; returns the new version, or this one where nothing differs.

    Raises:
        CommissionRuleNotFound: no such version, or it is retired already.
        CommissionRuleInvalid: the terms contradict themselves, or the position is taken.
    """
    old = _live(rule_id)
    if all(getattr(old, name) == value for name, value in _values(terms).items()):
        return old
    _retire(old, at)
    new = CommissionRule(plan_id=old.plan_id, rule=old.rule, version=old.version + 1, actor=actor, created_at=at, **_values(terms))
    return _written(new)


@transaction.atomic
def retire_rule(*, rule_id: uuid.UUID, at: dt.datetime) -> None:
    """Take a rule out of its plan; what was sold under it keeps it.

    Raises:
        CommissionRuleNotFound: no such version, or it is retired already.
    """
    _retire(_live(rule_id), at)


def _live(rule_id: uuid.UUID) -> CommissionRule:
    plan_id = CommissionRule.objects.filter(pk=rule_id).values_list("plan_id", flat=True).first()
    if plan_id is None:
        raise CommissionRuleNotFound
    # Whoever writes to a plan's rules queues here, so versions and positions do not race.
    _locked_plan(plan_id)
    rule = CommissionRule.objects.filter(pk=rule_id, retired_at=None).first()
    if rule is None:
        raise CommissionRuleNotFound
    return rule


def _locked_plan(plan_id: uuid.UUID) -> CommissionPlan:
    plan = CommissionPlan.objects.select_for_update(no_key=True).filter(pk=plan_id).first()
    if plan is None:
        raise CommissionRuleNotFound
    return plan


def _retire(rule: CommissionRule, at: dt.datetime) -> None:
    CommissionRule.objects.filter(pk=rule.pk).update(retired_at=at)


def _values(terms: RuleTerms) -> dict[str, Any]:
    return asdict(terms)


def _written(rule: CommissionRule) -> CommissionRule:
    try:
        rule.full_clean()
    except ValidationError as error:
        raise CommissionRuleInvalid from error
    rule.save(force_insert=True)
    return rule
