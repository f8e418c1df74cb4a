import pytest

from merchants.models import Merchant
from tests.factories.merchants import make_merchant


@pytest.fixture
def merchant(db: None) -> Merchant:
    return make_merchant()


@pytest.fixture
def merchant_pair(db: None) -> tuple[Merchant, Merchant]:
    return make_merchant(), make_merchant()
