"""Assessments of payments: written once per stage of a purchase, decided once by a person."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import asdict

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac

from core.remembered import forget
from payments import risk_rules
from payments.errors import CodeExhausted, CodeTooSoon, CodeWrong, RiskPolicyInvalid
from payments.models import RiskAssessment, RiskChallenge, RiskPolicy
from payments.risk_rules import Decision, RiskFacts
from payments.risk_selectors import POLICY_KEY, policy_in_force

CODE_MINUTES = 15
CODE_TRIES = 5
CODE_MAILS = 5
CODE_GAP = dt.timedelta(seconds=60)
Stage = RiskAssessment.Stage


@transaction.atomic
def assess(*, reference: uuid.UUID, stage: str, facts: RiskFacts, at: dt.datetime) -> RiskAssessment:
    """Judge a payment and keep why. Again is the same answer, unless it looks worse now and is not paid yet.

    When the money is in there is nothing left to check or to refuse: what would have been refused waits for a person, and what would
    have needed an extra check, which the start of the payment has asked for, goes on.
    """
    version, policy = policy_in_force()
    found = risk_rules.judge(facts, policy)
    decision = found.decision
    if stage == Stage.PAID:
        decision = {Decision.BLOCK: Decision.REVIEW, Decision.EXTRA_CHECK: Decision.ALLOW}.get(decision, decision)
    values = {
        "score": found.score,
        "decision": decision.value,
        "reasons": [asdict(reason) for reason in found.reasons],
        "policy_version": version,
    }
    row, is_new = RiskAssessment.objects.get_or_create(reference=reference, stage=stage, defaults={**values, "created_at": at})
    worse = RiskAssessment.objects.filter(pk=row.pk, score__lt=found.score).exclude(stage=Stage.PAID)
    if not is_new and worse.update(**values):
        row.refresh_from_db()
    return row


def record_verdict(*, reference: uuid.UUID, verdict: str, reviewed_by: str, at: dt.datetime) -> bool:
    """What a person, or the deadline, has decided about a paid purchase; False where it was decided before or needs no decision."""
    waiting = RiskAssessment.objects.filter(reference=reference, stage=Stage.PAID, decision=RiskAssessment.Decision.REVIEW, verdict="")
    return waiting.update(verdict=verdict, reviewed_by=reviewed_by, reviewed_at=at) == 1


@transaction.atomic
def send_code(*, reference: uuid.UUID, at: dt.datetime) -> RiskChallenge:
    """The code that opens a purchase's payment page, to be mailed now; a new one where the last has expired or was guessed at too often.

    Raises:
        CodeTooSoon: one was sent less than a minute ago.
        CodeExhausted: so many were sent that no more are.
    """
    expires_at = at + dt.timedelta(minutes=CODE_MINUTES)
    fresh = {"expires_at": expires_at, "salt": secrets.token_hex(16), "created_at": at}
    row, is_new = RiskChallenge.objects.select_for_update().get_or_create(reference=reference, defaults=fresh)
    if is_new or row.passed_at is not None:
        return row
    if row.expires_at - dt.timedelta(minutes=CODE_MINUTES) > at - CODE_GAP:
        raise CodeTooSoon
    if row.sent >= CODE_MAILS:
        raise CodeExhausted
    row.expires_at, row.salt, row.tries, row.sent = expires_at, secrets.token_hex(16), 0, row.sent + 1
    row.save(update_fields=["expires_at", "salt", "tries", "sent"])
    return row


def code_of(challenge: RiskChallenge) -> str:
    """The six digits of a challenge; they follow from its salt and the server's secret."""
    digest = salted_hmac("payments.risk", f"{challenge.reference}:{challenge.salt}", algorithm="sha256").hexdigest()
    return f"{int(digest, 16) % 10**6:06}"


def confirm_code(*, reference: uuid.UUID, code: str, at: dt.datetime) -> None:
    """The shopper has typed the code from the mail. Once it was right it stays so.

    Raises:
        CodeWrong: it is not, or no longer, the code. Each try counts, also those made at once.
    """
    if RiskChallenge.objects.filter(reference=reference, passed_at__isnull=False).exists():
        return
    # The try is counted before the code is looked at, and committed, so that no two guesses share a count.
    open_ = RiskChallenge.objects.filter(reference=reference, passed_at=None, expires_at__gt=at, tries__lt=CODE_TRIES)
    if not open_.update(tries=F("tries") + 1):
        raise CodeWrong
    challenge = RiskChallenge.objects.get(reference=reference)
    if not constant_time_compare(code_of(challenge), "".join(code.split())):
        raise CodeWrong
    RiskChallenge.objects.filter(pk=challenge.pk, salt=challenge.salt).update(passed_at=at)


@transaction.atomic
def change_policy(
    *, weights: Mapping[str, int], limits: Mapping[str, int], thresholds: tuple[int, int, int], entered_by: str, at: dt.datetime
) -> RiskPolicy:
    """A new version of the operator's weights and thresholds, in force from now on; what was assessed before stays.

    Args:
        weights: 0 to 100 by reason; 0 leaves a reason out.
        limits: by reason, what is counted against; amounts in minor units of the shop's own currency.
        thresholds: the scores from which on a payment needs an extra check, is reviewed, is refused; above 100 is never.

    Raises:
        RiskPolicyInvalid: an unknown reason, a value out of range, or thresholds that are not in order.
    """
    extra, review, block = thresholds
    is_known = weights.keys() <= risk_rules.WEIGHTS.keys() and limits.keys() <= risk_rules.LIMITS.keys()
    is_ranged = all(0 <= weight <= 100 for weight in weights.values()) and all(0 < limit <= 10**12 for limit in limits.values())
    if not (is_known and is_ranged and 1 <= extra <= review <= block <= risk_rules.MOST_SCORE + 1):
        raise RiskPolicyInvalid
    newest = RiskPolicy.objects.select_for_update().order_by("-version").first()
    row = RiskPolicy.objects.create(
        version=newest.version + 1 if newest else 1,
        weights={**risk_rules.WEIGHTS, **weights},
        limits={**risk_rules.LIMITS, **limits},
        extra_check_from=extra,
        review_from=review,
        block_from=block,
        entered_by=entered_by,
        created_at=at,
    )
    forget(POLICY_KEY)
    transaction.on_commit(lambda: forget(POLICY_KEY))
    return row
