"""The demo asks companies for a deposit, and a shop plans a holiday; loading it again adds nothing."""

import pytest
from django.utils import timezone

from merchants.models import Holiday, Merchant, Violation
from payments.models import Deposit, DepositRule
from shop.demo.deposits import secure
from shop.demo.history import OFTEN
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db


def test_the_demo_has_a_deposit_a_penalty_and_a_holiday() -> None:
    often = make_merchant(name="Qinghe", kind="company")
    Merchant.objects.filter(pk=often.pk).update(slug=OFTEN)

    for _ in range(2):
        secure(timezone.now())

    assert DepositRule.objects.count() == 1
    assert Deposit.objects.get(merchant=often).required_minor == DepositRule.objects.get().amount_minor
    assert Violation.objects.get().penalty_minor > 0
    assert Holiday.objects.get().status == "planned"
