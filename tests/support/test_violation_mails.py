"""A merchant reads of its violations in its own language, the operator of appeals; neither reads of what is only proposed."""

from __future__ import annotations

import pytest
from django.utils import timezone

from merchants.models import Violation
from merchants.services.violations import appeal_violation, confirm_violation, lift_violation, uphold_violation
from support.models import Mail
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.merchants import make_membership, make_merchant
from tests.factories.scorecards import give_numbers, make_open_violation

pytestmark = pytest.mark.django_db


def mails() -> list[Mail]:
    drain()
    return list(Mail.objects.order_by("created_at"))


@pytest.mark.parametrize(
    ("language", "subject", "limit"),
    [
        ("en", "Your shop has broken a rule: Shipped late", "5 % in 30 days; it must be below 4 %."),
        ("zh-hans", "您的店铺违反了规则：发货超时", "30天内为5 %，须低于4 %。"),
    ],
)
def test_a_proposed_violation_is_told_once_it_is_in_force(language: str, subject: str, limit: str) -> None:
    merchant = make_merchant()
    make_membership(merchant, make_user(email="owner@example.com", language=language))
    give_numbers(merchant, late=(1, 20))
    assert mails() == []

    confirm_violation(violation_id=Violation.objects.get().pk, points=4, reason="", actor="operator:1", at=timezone.now())

    (mail,) = mails()
    assert (mail.to, mail.subject) == ("owner@example.com", subject)
    assert limit in mail.text
    assert f"/merchant/merchants/violation/{Violation.objects.get().pk}/change/" in mail.text


def test_the_operator_is_told_of_an_appeal_and_the_merchant_of_the_decision() -> None:
    make_user(email="operator@example.com", is_staff=True, is_superuser=True)
    for decide, kind in ((uphold_violation, "violation_upheld"), (lift_violation, "violation_lifted")):
        row = make_open_violation(make_merchant(email="shop@example.com"))
        mails()
        Mail.objects.all().delete()
        appeal_violation(merchant_id=row.merchant_id, violation_id=row.pk, text="They were ours.", actor="merchant:1", at=timezone.now())
        (asked,) = mails()
        decide(violation_id=row.pk, text="We have looked again.", actor="operator:1", at=timezone.now())

        told = mails()[-1]

        assert (asked.to, asked.kind) == ("operator@example.com", "operator_violation_appealed")
        assert "They were ours." in asked.text
        assert (told.to, told.kind) == ("shop@example.com", kind)
        assert "We have looked again." in told.text
