import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from merchants.models import Merchant
from payments.services import attempts, escrow
from tests.factories.payments import answer, share, start


@pytest.mark.django_db
def test_a_purchase_costs_payments_at_most_a_dozen_statements(merchant_pair: tuple[Merchant, Merchant]) -> None:
    with CaptureQueriesContext(connection) as starting:
        attempt = start()
    answer(attempt, "lose")

    with CaptureQueriesContext(connection) as settling:
        attempts.refresh_attempt(attempt_id=attempt.pk, at=timezone.now())
        shares = [share(merchant, 5_000) for merchant in merchant_pair]
        escrow.hold(purchase=attempt.reference, shares=shares, currency="USD", at=timezone.now())

    # The provider's own books stand for its network call; savepoints stand for BEGIN and COMMIT.
    statements = [row["sql"] for row in [*starting.captured_queries, *settling.captured_queries]]
    ours = [sql for sql in statements if "payments_sandbox" not in sql and "SAVEPOINT" not in sql]
    assert len(ours) <= 12, "\n".join(sql[:100] for sql in ours)
