from __future__ import annotations

import pytest

from accounts.models import User
from tests.backoffice.market import Shop, make_shop
from tests.factories.accounts import make_user


@pytest.fixture
def shop(db: None) -> Shop:
    """Merchant A, who signs in."""
    return make_shop("ANTELOPE")


@pytest.fixture
def stranger(db: None) -> Shop:
    """Merchant B, whose word must never be seen by A."""
    return make_shop("BARRACUDA")


@pytest.fixture
def operator(db: None) -> User:
    return make_user(email="operator@example.com", is_staff=True, is_superuser=True)
