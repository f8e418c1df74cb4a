"""How risky a payment looks: a sum of reasons, which only grows with the signs."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.risk_rules import CHECKS, DEFAULT, LIMITS, WEIGHTS, Decision, Policy, RiskFacts, judge

counts = st.integers(0, 20)
facts = st.builds(
    RiskFacts,
    amount_minor=st.integers(0, 10**7),
    usual_minor=st.none() | st.integers(0, 10**6),
    paid_before=st.integers(0, 5),
    account_hours=st.none() | st.integers(0, 100),
    purchases_by_buyer=counts,
    purchases_by_address=counts,
    purchases_by_device=counts,
    purchases_by_card=counts,
    cards_of_buyer=counts,
    failed_attempts=counts,
    mail_domain=st.sampled_from(["example.com", "mailinator.com", "MAILINATOR.com", ""]),
    country=st.sampled_from(["CN", "US", "KW", ""]),
    network_country=st.sampled_from(["CN", "US", ""]),
    currency=st.sampled_from(["USD", "CNY", "KWD"]),
    language=st.sampled_from(["en", "zh-hans"]),
    has_risky_goods=st.booleans(),
    refused_at_door=counts,
    cash_on_its_way=counts,
)
# What can only make a payment look worse when it grows.
GROWING = (
    "amount_minor", "purchases_by_buyer", "purchases_by_address", "purchases_by_device", "purchases_by_card", "cards_of_buyer",
    "failed_attempts", "refused_at_door", "cash_on_its_way",
)  # fmt: skip
policies = st.builds(
    lambda weights, thresholds: Policy(weights, LIMITS, *sorted(thresholds)),
    st.fixed_dictionaries({code: st.integers(0, 100) for code in WEIGHTS}),
    st.lists(st.integers(1, 101), min_size=3, max_size=3),
)


@given(facts, policies)
def test_the_score_is_the_sum_of_its_reasons(known: RiskFacts, policy: Policy) -> None:
    found = judge(known, policy)

    assert found.score == min(sum(reason.weight for reason in found.reasons), 100)
    assert [reason.weight for reason in found.reasons] == sorted((reason.weight for reason in found.reasons), reverse=True)
    assert all(reason.code in CHECKS and reason.weight > 0 for reason in found.reasons)


@given(facts, st.sampled_from(GROWING), st.integers(0, 10**6), policies)
def test_more_signs_never_make_a_payment_look_safer(known: RiskFacts, name: str, more: int, policy: Policy) -> None:
    worse = replace(known, **{name: getattr(known, name) + more})

    before, after = judge(known, policy), judge(worse, policy)

    steps = list(Decision)
    assert after.score >= before.score
    assert steps.index(after.decision) >= steps.index(before.decision)
    assert {reason.code for reason in before.reasons} <= {reason.code for reason in after.reasons}


@pytest.mark.parametrize(
    ("sign", "code"),
    [
        ({"purchases_by_buyer": 4}, "many_by_buyer"),
        ({"purchases_by_address": 8}, "many_by_address"),
        ({"purchases_by_device": 5}, "many_by_device"),
        ({"purchases_by_card": 4}, "many_by_card"),
        ({"cards_of_buyer": 3}, "many_cards"),
        ({"failed_attempts": 3}, "failed_attempts"),
        ({"amount_minor": 100_000}, "large_amount"),
        ({"amount_minor": 5_000, "usual_minor": 1_000}, "unusual_amount"),
        ({"paid_before": 0, "account_hours": 1}, "new_buyer"),
        ({"mail_domain": "mailinator.com"}, "disposable_mail"),
        ({"country": "CN", "network_country": "US"}, "country_mismatch"),
        ({"country": "US", "currency": "KWD"}, "currency_mismatch"),
        ({"country": "US", "language": "zh-hans"}, "language_mismatch"),
        ({"has_risky_goods": True}, "risky_goods"),
        ({"refused_at_door": 2}, "refused_at_door"),
        ({"cash_on_its_way": 3}, "cash_on_its_way"),
    ],
)
def test_each_sign_is_a_reason_of_its_own(sign: dict[str, Any], code: str) -> None:
    quiet = RiskFacts(paid_before=1, country="CN")

    found = judge(RiskFacts(**{**asdict(quiet), **sign}))

    assert judge(quiet).reasons == ()
    assert [(reason.code, reason.weight) for reason in found.reasons] == [(code, WEIGHTS[code])]


def test_what_is_not_known_is_no_reason() -> None:
    unknown = RiskFacts(paid_before=1, usual_minor=None, account_hours=None, network_country="", country="US", currency="EUR")

    assert judge(unknown).decision is Decision.ALLOW
    assert judge(unknown).score == 0


@pytest.mark.parametrize(
    ("score", "decision"),
    [(59, Decision.ALLOW), (60, Decision.EXTRA_CHECK), (79, Decision.EXTRA_CHECK), (80, Decision.REVIEW), (100, Decision.REVIEW)],
)
def test_the_thresholds_decide(score: int, decision: Decision) -> None:
    policy = replace(DEFAULT, weights={**dict.fromkeys(WEIGHTS, 0), "risky_goods": score})

    assert judge(RiskFacts(paid_before=1, has_risky_goods=True), policy).decision is decision
    refusing = replace(policy, block_from=90)
    assert (judge(RiskFacts(paid_before=1, has_risky_goods=True), refusing).decision is Decision.BLOCK) is (score >= 90)
