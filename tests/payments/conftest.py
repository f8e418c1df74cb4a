from collections.abc import Iterator

import pytest
from pytest_django import Settings

from merchants.models import Merchant
from tests.factories.merchants import make_merchant
from tests.payments import stripe_double as double


@pytest.fixture
def merchant(db: None) -> Merchant:
    return make_merchant()


@pytest.fixture
def merchant_pair(db: None) -> tuple[Merchant, Merchant]:
    return make_merchant(), make_merchant()


@pytest.fixture
def stripe_double(settings: Settings) -> Iterator[double.StripeDouble]:
    with double.StripeDouble() as made:
        settings.STRIPE_SECRET_KEY = double.KEY
        settings.STRIPE_WEBHOOK_SECRETS = ["whsec_old", double.SECRET]
        settings.STRIPE_API_BASE = made.base
        yield made
