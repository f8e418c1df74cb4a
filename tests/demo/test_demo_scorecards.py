"""The demo shows a month of scorecards and what is done about broken rules; loading it again adds nothing."""

import pytest
from django.utils import timezone

from merchants.models import Merchant, Scorecard, Violation
from shop.demo.history import OFTEN
from shop.demo.judging import DAYS, judge
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db


def test_the_demo_has_scorecards_and_two_broken_rules() -> None:
    often, other = make_merchant(name="Qinghe"), make_merchant(name="Other")
    Merchant.objects.filter(pk=often.pk).update(slug=OFTEN)

    for _ in range(2):
        judge(timezone.now())

    assert Scorecard.objects.filter(merchant=often).count() == 2 * DAYS
    assert dict(Violation.objects.values_list("merchant", "status")) == {often.pk: "open", other.pk: "appealed"}
