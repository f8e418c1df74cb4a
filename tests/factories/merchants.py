from __future__ import annotations

from itertools import count
from typing import Any

from accounts.models import User
from merchants.models import Membership, Merchant
from merchants.services import create_merchant
from merchants.services.teams import set_member
from tests.factories.accounts import make_user

_number = count(1)


def make_merchant(**overrides: Any) -> Merchant:
    number = next(_number)
    fields = {"name": f"Lantern Lane {number}", "kind": Merchant.Kind.COMPANY, "email": f"shop{number}@example.com", **overrides}
    return create_merchant(**fields)


def make_membership(merchant: Merchant | None = None, user: User | None = None, role: str = Membership.Role.OWNER) -> Membership:
    return set_member(merchant=merchant or make_merchant(), user=user or make_user(), role=role)
