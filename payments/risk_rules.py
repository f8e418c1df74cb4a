"""How risky a payment is, as a sum of reasons a person can read. Pure: what is looked at comes in as facts.

Every reason adds its weight and none takes anything away, so more signs of fraud never make a payment look safer. The score is the sum of
the reasons' weights, at most 100.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

MOST_SCORE = 100


class Decision(StrEnum):
    """What follows, from the mildest."""

    ALLOW = "allow"
    EXTRA_CHECK = "extra_check"
    REVIEW = "review"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class RiskFacts:
    """What is known of a payment. Counts are of other purchases of the last hour unless they say otherwise; None is unknown.

    `amount_minor` and `usual_minor` (the average of the buyer's paid purchases) are in minor units of the shop's own currency. Where
    cash is to be paid, `refused_at_door` counts parcels of half a year that nobody took, `cash_on_its_way` purchases not yet delivered.
    """

    amount_minor: int = 0
    usual_minor: int | None = None
    paid_before: int = 0
    account_hours: int | None = None
    purchases_by_buyer: int = 0
    purchases_by_address: int = 0
    purchases_by_device: int = 0
    purchases_by_card: int = 0
    cards_of_buyer: int = 0
    failed_attempts: int = 0
    mail_domain: str = ""
    country: str = ""
    network_country: str = ""
    currency: str = ""
    language: str = ""
    has_risky_goods: bool = False
    refused_at_door: int = 0
    cash_on_its_way: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: `detail` holds plain values for the sentence that a person reads."""

    code: str
    weight: int
    detail: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Policy:
    """The operator's weights per reason, limits, and from which score on what happens (above 100: never)."""

    weights: Mapping[str, int]
    limits: Mapping[str, int]
    extra_check_from: int
    review_from: int
    block_from: int


@dataclass(frozen=True, slots=True)
class Judgement:
    score: int
    decision: Decision
    reasons: tuple[Reason, ...]


WEIGHTS = {
    "many_by_buyer": 25,
    "many_by_address": 20,
    "many_by_device": 20,
    "many_by_card": 20,
    "many_cards": 25,
    "failed_attempts": 20,
    "large_amount": 20,
    "unusual_amount": 15,
    "new_buyer": 10,
    "disposable_mail": 30,
    "country_mismatch": 20,
    "currency_mismatch": 10,
    "language_mismatch": 5,
    "risky_goods": 15,
    "refused_at_door": 80,
    "cash_on_its_way": 60,
}
LIMITS = {
    "many_by_buyer": 4,
    "many_by_address": 8,
    "many_by_device": 5,
    "many_by_card": 4,
    "many_cards": 3,
    "failed_attempts": 3,
    "large_amount": 100_000,
    "unusual_amount": 5,
    "new_buyer": 24,
    "refused_at_door": 2,
    "cash_on_its_way": 3,
}
DEFAULT = Policy(weights=WEIGHTS, limits=LIMITS, extra_check_from=60, review_from=80, block_from=MOST_SCORE + 1)

# Domains that lend addresses for minutes; the list only has to hold the common ones, because this is one sign among many.
DISPOSABLE = frozenset({
    "10minutemail.com", "discard.email", "dispostable.com", "fakeinbox.com", "getairmail.com", "getnada.com",
    "guerrillamail.com", "maildrop.cc", "mailinator.com", "mailnesia.com", "mintemail.com", "mohmal.com",
    "mytemp.email", "sharklasers.com", "spamgourmet.com", "temp-mail.org", "tempail.com", "tempmail.com", "tempr.email",
    "throwawaymail.com", "trashmail.com", "yopmail.com",
})  # fmt: skip
# Where a currency or language is nothing to wonder about; what is not listed says nothing either way.
HOME_OF_CURRENCY = {
    "CNY": {"CN"},
    "JPY": {"JP"},
    "KWD": {"KW"},
    "KRW": {"KR"},
    "GBP": {"GB"},
}
HOME_OF_LANGUAGE = {"zh-hans": {"CN", "SG", "MY", "HK", "MO", "TW"}}


def judge(facts: RiskFacts, policy: Policy = DEFAULT) -> Judgement:
    """Score, decision and reasons, the weightiest reason first."""
    found = []
    for code, look in CHECKS.items():
        detail = look(facts, policy.limits.get(code, LIMITS.get(code, 0)))
        weight = max(policy.weights.get(code, WEIGHTS[code]), 0)
        if detail is not None and weight:
            found.append(Reason(code, weight, detail))
    reasons = tuple(sorted(found, key=lambda reason: (-reason.weight, reason.code)))
    score = min(sum(reason.weight for reason in reasons), MOST_SCORE)
    return Judgement(score, decision_of(score, policy), reasons)


def decision_of(score: int, policy: Policy) -> Decision:
    """The severest step whose threshold the score has reached."""
    steps = ((policy.block_from, Decision.BLOCK), (policy.review_from, Decision.REVIEW), (policy.extra_check_from, Decision.EXTRA_CHECK))
    return next((decision for threshold, decision in steps if score >= threshold), Decision.ALLOW)


Detail = Mapping[str, int | str] | None
Check = Callable[[RiskFacts, int], Detail]


def _reaches(name: str) -> Check:
    """A count that reaches its limit."""

    def look(facts: RiskFacts, limit: int) -> Detail:
        count: int = getattr(facts, name)
        return {"count": count, "limit": limit} if limit > 0 and count >= limit else None

    return look


def _large(facts: RiskFacts, limit: int) -> Detail:
    return {"amount_minor": facts.amount_minor, "limit_minor": limit} if facts.amount_minor >= limit > 0 else None


def _unusual(facts: RiskFacts, times: int) -> Detail:
    usual = facts.usual_minor
    is_unusual = usual is not None and usual > 0 and times > 0 and facts.amount_minor >= usual * times
    return {"amount_minor": facts.amount_minor, "usual_minor": usual or 0, "times": times} if is_unusual else None


def _new(facts: RiskFacts, hours: int) -> Detail:
    """Nobody has paid under this name before, and the account, where there is one, is young."""
    is_new = facts.paid_before == 0 and (facts.account_hours is None or facts.account_hours < hours)
    return {"hours": -1 if facts.account_hours is None else facts.account_hours, "limit": hours} if is_new else None


def _disposable(facts: RiskFacts, _limit: int) -> Detail:
    return {"domain": facts.mail_domain} if facts.mail_domain.lower() in DISPOSABLE else None


def _abroad(facts: RiskFacts, _limit: int) -> Detail:
    is_elsewhere = facts.country and facts.network_country and facts.country != facts.network_country
    return {"country": facts.country, "network_country": facts.network_country} if is_elsewhere else None


def _foreign(name: str, homes: Mapping[str, set[str]]) -> Check:
    def look(facts: RiskFacts, _limit: int) -> Detail:
        value: str = getattr(facts, name)
        home = homes.get(value)
        return {name: value, "country": facts.country} if home and facts.country and facts.country not in home else None

    return look


def _risky(facts: RiskFacts, _limit: int) -> Detail:
    return {} if facts.has_risky_goods else None


CHECKS: dict[str, Check] = {
    "many_by_buyer": _reaches("purchases_by_buyer"),
    "many_by_address": _reaches("purchases_by_address"),
    "many_by_device": _reaches("purchases_by_device"),
    "many_by_card": _reaches("purchases_by_card"),
    "many_cards": _reaches("cards_of_buyer"),
    "failed_attempts": _reaches("failed_attempts"),
    "large_amount": _large,
    "unusual_amount": _unusual,
    "new_buyer": _new,
    "disposable_mail": _disposable,
    "country_mismatch": _abroad,
    "currency_mismatch": _foreign("currency", HOME_OF_CURRENCY),
    "language_mismatch": _foreign("language", HOME_OF_LANGUAGE),
    "risky_goods": _risky,
    "refused_at_door": _reaches("refused_at_door"),
    "cash_on_its_way": _reaches("cash_on_its_way"),
}
