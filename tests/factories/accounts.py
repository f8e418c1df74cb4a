from __future__ import annotations

from itertools import count
from typing import Any

from accounts.models import Address, User
from accounts.services import add_address

_number = count(1)
PASSWORD = "correct horse battery"


def make_user(*, password: str = PASSWORD, **overrides: Any) -> User:
    fields = {"email": f"person{next(_number)}@example.com", "name": "Li Na", **overrides}
    return User.objects.create_user(password=password, **fields)


def make_address(user: User | None = None, **overrides: Any) -> Address:
    fields = {"name": "Li Na", "phone": "+86 138 0013 8000", "address": "1 Market Street", "city": "Shanghai", "postcode": "200000"}
    return add_address(user=user or make_user(), **{**fields, **overrides})
