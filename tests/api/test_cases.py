"""After-sales cases through the partner API: own ones only, scopes apart, each write once per key."""

from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from orders.models import AfterSalesCase, CaseLine
from orders.states import CaseKind, CaseStatus, OrderStatus
from payments.models import Refund
from tests.api.conftest import Partner, make_partner
from tests.factories.cases import approve, case_up_to, open_case, receive, send_back
from tests.factories.orders import make_goods
from tests.walkthrough import Walk, order_up_to

pytestmark = pytest.mark.django_db


def delivered(quantity: int = 1) -> Walk:
    return order_up_to(OrderStatus.DELIVERED, variants=[make_goods(price=2_000)], quantity=quantity)


def partner_of(walk: Walk, **how: Any) -> Partner:
    return make_partner(walk.order.merchant, **how)


def counted(case: AfterSalesCase, **overrides: Any) -> dict[str, Any]:
    line = CaseLine.objects.get(case=case)
    return {"counts": [{"line": str(line.pk), "received": line.quantity, "grade": "a", "restock": line.quantity, **overrides}]}


def test_a_script_lists_what_waits_for_it_and_sees_only_its_own() -> None:
    walk, other = delivered(), delivered()
    mine, hidden = open_case(walk.order), open_case(other.order)
    partner = partner_of(walk)

    answer = partner.get("/cases/", waiting="true")

    [row] = answer.json()["results"]
    assert (row["number"], row["status"], row["asked"]["minor"]) == (mine.number, "requested", 2_500)
    assert row["due_at"] is not None
    assert hidden.number not in answer.text
    assert partner.get(f"/cases/{hidden.pk}/").status_code == 404
    assert partner.send("POST", f"/cases/{hidden.pk}/approve/", {}, key="x").status_code == 404


def test_a_return_is_approved_and_received_once_however_often_it_is_sent() -> None:
    walk = delivered()
    case = open_case(walk.order)
    partner = partner_of(walk)

    approved = [partner.send("POST", f"/cases/{case.pk}/approve/", {}, key="a-1") for _ in range(2)]
    send_back(case)
    received = [partner.send("POST", f"/cases/{case.pk}/receive/", counted(case), key="r-1") for _ in range(2)]

    assert [answer.status_code for answer in (*approved, *received)] == [200] * 4
    assert received[1].headers["Idempotent-Replayed"] == "true"
    assert received[0].json()["status"] == "refunded"
    assert Refund.objects.count() == 1


def test_a_refusal_an_offer_and_a_message_are_written() -> None:
    walk = delivered(quantity=2)
    first, second = open_case(walk.order), open_case(walk.order)
    partner = partner_of(walk)

    refused = partner.send("POST", f"/cases/{first.pk}/refuse/", {"reason": "Fine when it left"}, key="1")
    offered = partner.send("POST", f"/cases/{second.pk}/offer/", {"amount_minor": 500, "reason": "Keep it"}, key="2")
    written = partner.send("POST", f"/cases/{second.pk}/messages/", {"text": "Hello"}, key="3")

    assert [answer.json()["status"] for answer in (refused, offered, written)] == ["refused", "offered", "offered"]
    assert offered.json()["agreed"]["minor"] == 500
    assert second.messages.filter(side="merchant", text="Hello").exists()


def test_a_replacement_is_shipped() -> None:
    walk = delivered()
    case = open_case(walk.order, kind=CaseKind.EXCHANGE)
    for step in (approve, send_back, receive):
        step(case)

    answer = partner_of(walk).send("POST", f"/cases/{case.pk}/ship/", {"carrier": "SF", "tracking_number": "NEW123"}, key="s")

    assert answer.json()["status"] == "replaced"


@pytest.mark.parametrize(
    ("scopes", "get", "post"), [(["returns:read"], 200, 403), (["returns:write"], 403, 200), (["orders:write"], 403, 403)]
)
def test_reading_and_answering_are_scopes_of_their_own(scopes: list[str], get: int, post: int) -> None:
    walk = delivered()
    case = open_case(walk.order)
    partner = partner_of(walk, scopes=scopes)

    assert partner.get("/cases/").status_code == get
    assert partner.send("POST", f"/cases/{case.pk}/approve/", {}, key="k").status_code == post


@pytest.mark.parametrize(
    "changes",
    [
        {"received": -1},
        {"received": 2},
        {"grade": "z"},
        {"restock": 5},
        {"line": "x"},
        {"received": "1e3"},
        {"line": str(AfterSalesCase().pk)},
    ],
)
def test_impossible_counts_are_refused_and_nothing_changes(changes: dict[str, Any]) -> None:
    walk = delivered()
    case = case_up_to("sent_back", walk.order)

    answer = partner_of(walk).send("POST", f"/cases/{case.pk}/receive/", counted(case, **changes), key="k")

    assert answer.status_code == 400
    case.refresh_from_db()
    assert case.status == CaseStatus.SENT_BACK


def test_a_write_without_a_key_is_refused() -> None:
    walk = delivered()
    case = open_case(walk.order)

    answer = partner_of(walk).send("POST", f"/cases/{case.pk}/approve/", {})

    assert answer.status_code == 400
    case.refresh_from_db()
    assert case.status == CaseStatus.REQUESTED


def test_a_step_that_is_not_possible_is_a_conflict() -> None:
    walk = delivered()
    case = open_case(walk.order)

    answer = partner_of(walk).send("POST", f"/cases/{case.pk}/receive/", counted(case), key="k")

    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")


def test_a_list_takes_the_same_few_queries_at_any_length(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    walk = delivered(quantity=5)
    for _ in range(4):
        open_case(walk.order)
    partner = partner_of(walk)
    partner.get("/cases/")

    # Key, its last use, cases, lines.
    with django_assert_num_queries(3):
        answer = partner.get("/cases/")

    assert len(answer.json()["results"]) == 4
