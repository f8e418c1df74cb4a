from pathlib import Path
from typing import Any

import pytest

from catalog.models import Category
from merchants.models import Merchant
from tests.factories.catalog import make_category
from tests.factories.logistics import make_warehouse
from tests.factories.merchants import make_merchant


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path


@pytest.fixture
def merchant(db: None) -> Merchant:
    """Has one warehouse."""
    made = make_merchant()
    make_warehouse(made)
    return made


@pytest.fixture
def lamps(db: None) -> Category:
    home = make_category("Home", slug="home", i18n={"zh-hans": {"name": "家居"}})
    return make_category("Lamps", parent=home, slug="lamps", i18n={"zh-hans": {"name": "灯具"}})
