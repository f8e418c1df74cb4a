"""Reads of payment risk: the policy in force, and what was made of a purchase."""

from __future__ import annotations

import uuid

from core.remembered import remembered
from payments.models import RiskAssessment, RiskChallenge, RiskPolicy
from payments.risk_rules import DEFAULT, Policy

POLICY_KEY = "risk policy"
POLICY_SECONDS = 5


def policy_in_force() -> tuple[int, Policy]:
    """The newest policy and its version; version 0 is the one that comes with the shop. One statement every few seconds."""
    return remembered(POLICY_KEY, POLICY_SECONDS, _newest)


def _newest() -> tuple[int, Policy]:
    row = RiskPolicy.objects.order_by("-version").first()
    if row is None:
        return 0, DEFAULT
    return row.version, Policy(row.weights, row.limits, row.extra_check_from, row.review_from, row.block_from)


def assessments_of(reference: uuid.UUID) -> list[RiskAssessment]:
    """What was made of a purchase's payment, the first look first."""
    return list(RiskAssessment.objects.filter(reference=reference).order_by("created_at", "pk"))


def challenge_of(reference: uuid.UUID) -> RiskChallenge | None:
    """The code that was asked of a purchase's shopper, None where none was."""
    return RiskChallenge.objects.filter(reference=reference).first()


def has_confirmed(reference: uuid.UUID) -> bool:
    """Whether the shopper has typed the code that opens the payment page."""
    return RiskChallenge.objects.filter(reference=reference, passed_at__isnull=False).exists()
