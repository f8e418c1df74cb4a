"""The demo's team: made once, with its log, and an invitation that waits."""

from __future__ import annotations

import pytest
from django.utils import timezone

from merchants.models import Invitation, Membership, Operation
from shop.demo import team
from shop.demo.history import OFTEN
from tests.factories.merchants import make_membership, make_merchant

pytestmark = pytest.mark.django_db


def test_the_team_of_the_shop_is_gathered_once() -> None:
    owner = make_membership(make_merchant(slug=OFTEN))

    for _ in range(2):
        team.gather(timezone.now())

    assert dict(Membership.objects.values_list("user__email", "role")) == {owner.user.email: "owner", team.MARKETING: "marketing"}
    assert [row.changes for row in Operation.objects.order_by("timestamp")] == [
        {"role": [None, "service"]},
        {"role": ["service", "marketing"]},
    ]
    assert Invitation.objects.get().email == team.CLERK
