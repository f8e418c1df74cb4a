from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from core.ids import uuid7
from payments.models import Payout
from payments.services import payouts
from tests.api.conftest import Partner, make_partner
from tests.factories.payouts import make_account, make_due, make_payable, refund

pytestmark = pytest.mark.django_db


def pay(partner: Partner, amount_minor: int = 10_000) -> Payout:
    """A period of the partner's merchant with one sale, closed and paid."""
    make_payable(partner.merchant, amount_minor)
    make_due(partner.merchant)
    payouts.run_payouts(at=timezone.now())
    found: Payout = Payout.objects.filter(merchant=partner.merchant).order_by("-pk")[0]
    return found


@pytest.fixture
def paid(partner: Partner) -> Payout:
    make_account(partner.merchant)
    return pay(partner)


def test_a_partner_reads_what_was_paid(partner: Partner, paid: Payout) -> None:
    (row,) = partner.get("/payouts/").json()["results"]

    assert row == {
        "id": str(paid.pk),
        "status": "paid",
        "amount": {"minor": 9_500, "currency": "USD", "text": "$95.00"},
        "destination": "•••• 3000",
        "failure_code": "",
        "statement": str(paid.statement_id),
        "statement_number": 1,
        "created_at": row["created_at"],
        "settled_at": row["settled_at"],
    }


def test_a_statement_adds_up_line_by_line(partner: Partner, paid: Payout) -> None:
    sold = make_payable(partner.merchant, 30_000)
    refund(sold, 3_000)
    second = pay(partner)

    body = partner.get(f"/payout-statements/{second.statement_id}/").json()

    nets = [line["net"]["minor"] for line in body["lines"]]
    assert body["opening"]["minor"] + sum(nets) == body["closing"]["minor"] == 0
    assert all(line["amount"]["minor"] + line["commission"]["minor"] == line["net"]["minor"] for line in body["lines"])
    assert (body["number"], body["payout"]["id"], body["carried"]) == (2, str(second.pk), "")
    assert str(sold.reference) in {line["order"] for line in body["lines"]}


def test_payouts_come_page_by_page_and_by_status(partner: Partner, paid: Payout) -> None:
    newer = pay(partner, 20_000)

    first = partner.get("/payouts/", limit=1).json()
    second = partner.get("/payouts/", limit=1, cursor=parse_qs(urlsplit(first["next"]).query)["cursor"][0]).json()

    assert [row["id"] for row in (*first["results"], *second["results"])] == [str(newer.pk), str(paid.pk)]
    assert partner.get("/payouts/", status="failed").json()["results"] == []


def test_a_strangers_payouts_and_statements_do_not_exist(partner: Partner, paid: Payout) -> None:
    stranger = make_partner()

    assert stranger.get("/payouts/").json()["results"] == []
    for key in (paid.statement_id, uuid7()):
        answer: Any = stranger.get(f"/payout-statements/{key}/")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_key_for_orders_does_not_open_payouts(paid: Payout) -> None:
    reader = make_partner(merchant=paid.merchant, scopes=["orders:read"])

    assert reader.get("/payouts/").status_code == 403
    assert reader.get(f"/payout-statements/{paid.statement_id}/").status_code == 403


def test_a_list_needs_the_same_few_statements_for_more_rows(partner: Partner, paid: Payout, django_assert_max_num_queries: Any) -> None:
    pay(partner, 20_000)

    with django_assert_max_num_queries(4):
        partner.get("/payouts/")
