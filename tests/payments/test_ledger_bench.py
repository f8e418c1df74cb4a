"""The benchmark of the ledger works: several processes post whole purchases, and what they posted verifies."""

from __future__ import annotations

import os
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

from benchmarks.ledger import measure
from benchmarks.ledger.posting import post
from payments import verification
from payments.models import LedgerTransaction


def url_of_the_tests() -> str:
    """The tests' own database, for processes that know nothing of tests."""
    address = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(address._replace(path=f"/{connection.settings_dict['NAME']}"))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_processes_post_at_once_and_what_they_posted_verifies() -> None:
    merchants = measure.open_shops(6)

    rate = post(600, per_commit=20, merchants=merchants, workers=2, database_url=url_of_the_tests(), tell=lambda done, seconds: None)

    assert 600 <= rate.postings == LedgerTransaction.objects.count() < 640
    wrong = {finding.check for finding in verification.verify(business=False).findings if finding.count}
    assert wrong <= {"guards that are missing or switched off"}, "tests that empty tables have those that refuse it off"
    assert {"capture", "hold", "release", "refund_held", "refund_released", "refund_paid"} == set(
        LedgerTransaction.objects.values_list("kind", flat=True)
    )
