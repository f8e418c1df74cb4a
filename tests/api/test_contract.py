"""schemathesis over the OpenAPI document: whatever is sent, no 5xx, and no private operation answers without a key."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import given as hypothesis_given
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import ignored_auth

from shop.wsgi import application
from tests.api.conftest import make_partner
from tests.factories.catalog import make_product

EXAMPLES = 12


@pytest.fixture
def document() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_no_operation_breaks_or_forgets_to_ask_for_a_key(document: Any, settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = settings.API_ANONYMOUS_CALLS_PER_MINUTE = 10**9
    make_product(title="Tea")
    partner = make_partner()
    operations = [result.ok() for result in document.get_all_operations()]

    for operation in operations:
        _try(operation, partner.secret)

    assert len(operations) >= 16


def _try(operation: Any, secret: str) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @hypothesis_given(case=operation.as_strategy())
    def attempt(case: Any) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}, checks=[not_a_server_error, ignored_auth])

    attempt()
