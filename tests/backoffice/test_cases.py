"""A merchant's inbox of returns and the operator's disputes: dialogs that do the work, queues in the right order, few queries."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from merchants.models import Membership
from orders.models import AfterSalesCase, CaseLine, CasePhoto
from orders.states import CaseKind, CaseStatus, OrderStatus
from tests.factories.accounts import make_user
from tests.factories.cases import approve, case_up_to, counts, open_case, photo, receive, send_back
from tests.factories.merchants import make_membership
from tests.factories.orders import make_goods
from tests.walkthrough import Walk, order_up_to

pytestmark = pytest.mark.django_db
LIST = reverse("merchant:orders_aftersalescase_changelist")


@pytest.fixture(autouse=True)
def _private_files(settings: Settings, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path


def delivered(quantity: int = 1) -> Walk:
    return order_up_to(OrderStatus.DELIVERED, variants=[make_goods(price=2_000)], quantity=quantity)


def member_of(walk: Walk, role: str = Membership.Role.OWNER) -> Client:
    client = Client()
    client.force_login(make_membership(walk.order.merchant, make_user(), role).user)
    return client


def press(client: Client, case: AfterSalesCase, action: str, site: str = "merchant", **fields: Any) -> Any:
    return client.post(reverse(f"{site}:orders_aftersalescase_{action}", args=[case.pk]), {"_form_submitted": "1", **fields})


def status_of(case: AfterSalesCase) -> str:
    case.refresh_from_db()
    return case.status


def test_a_merchant_approves_counts_and_grades_with_two_dialogs() -> None:
    walk = delivered(quantity=2)
    case = open_case(walk.order, quantity=2)
    client = member_of(walk)

    press(client, case, "approve", return_to="Hall 3, 200000 Shanghai")
    send_back(case)
    line = CaseLine.objects.get(case=case)
    fields = {f"received-{line.pk}": "2", f"grade-{line.pk}": "a", f"restock-{line.pk}": "on", "deduction": "", "reason": ""}
    press(client, case, "receive", **fields)

    assert status_of(case) == CaseStatus.REFUNDED
    assert case.return_to == "Hall 3, 200000 Shanghai"
    line.refresh_from_db()
    assert (line.received_quantity, line.grade, line.restocked_quantity) == (2, "a", 2)


def test_a_deduction_typed_in_major_units_becomes_an_offer() -> None:
    walk = delivered()
    case = case_up_to("sent_back", walk.order)
    line = CaseLine.objects.get(case=case)
    fields = {f"received-{line.pk}": "1", f"grade-{line.pk}": "c", "deduction": "3.50", "reason": "Scratched"}

    press(member_of(walk), case, "receive", **fields)

    assert (status_of(case), case.agreed_minor) == (CaseStatus.OFFERED, 2_150)


@pytest.mark.parametrize("fields", [{"quick": "", "reason": ""}, {"quick": "not one of ours", "reason": ""}])
def test_a_refusal_without_words_is_refused_by_the_dialog(fields: dict[str, str]) -> None:
    walk = delivered()
    case = open_case(walk.order)

    press(member_of(walk), case, "refuse", **fields)

    assert status_of(case) == CaseStatus.REQUESTED


def test_a_quick_text_is_enough_to_refuse_and_the_shopper_reads_it() -> None:
    walk = delivered()
    case = open_case(walk.order)
    text = "The carrier confirms that the parcel was handed over undamaged."

    press(member_of(walk), case, "refuse", quick=text, reason="")

    assert status_of(case) == CaseStatus.REFUSED
    assert [message.text for message in case.messages.order_by("created_at")][-1] == text


def test_an_exchange_is_shipped_and_a_message_written() -> None:
    walk = delivered()
    case = open_case(walk.order, kind=CaseKind.EXCHANGE)
    client = member_of(walk)
    for step in (approve, send_back, receive):
        step(case)

    press(client, case, "write", quick="", reason="It goes out today.")
    press(client, case, "send", carrier="SF Express", tracking_number="NEW1")

    assert status_of(case) == CaseStatus.REPLACED
    assert case.messages.filter(side="merchant", text="It goes out today.").exists()


@pytest.mark.parametrize(("role", "may"), [("service", True), ("fulfilment", True), ("finance", False), ("read_only", False)])
def test_who_answers_returns_is_a_matter_of_role(role: str, may: bool) -> None:
    walk = delivered()
    case = open_case(walk.order)

    answer = press(member_of(walk, role), case, "approve")

    assert (status_of(case) == CaseStatus.APPROVED) is may
    assert may or answer.status_code == 403


def test_the_inbox_shows_what_waits_for_the_merchant_first_by_deadline() -> None:
    walk = delivered(quantity=4)
    later = open_case(walk.order)
    waiting = open_case(walk.order, at=timezone.now() - dt.timedelta(hours=1))
    shopper = case_up_to("approved", walk.order)

    answer = member_of(walk).get(LIST)

    order = [answer.text.index(f">{case.number}<") for case in (waiting, later, shopper)]
    assert order == sorted(order)


def test_home_counts_what_waits() -> None:
    walk = delivered(quantity=2)
    open_case(walk.order)

    answer = member_of(walk).get(reverse("merchant:index"))

    tiles = {tile["title"]: tile["count"] for tile in answer.context["todo"]}
    assert tiles["Returns to answer"] == 1
    assert tiles["Returns due within a day"] == 0


def test_the_list_and_the_page_are_read_in_few_queries(django_assert_max_num_queries: Any) -> None:
    walk = delivered(quantity=6)
    cases = [open_case(walk.order) for _ in range(5)]
    client = member_of(walk)
    client.get(LIST)

    with django_assert_max_num_queries(10):
        assert client.get(LIST).status_code == 200
    with django_assert_max_num_queries(18):
        page = client.get(reverse("merchant:orders_aftersalescase_change", args=[cases[0].pk]))
    assert "It does not switch on." in page.text


def test_the_operator_decides_a_dispute_with_a_reason() -> None:
    walk = delivered()
    case = case_up_to("escalated", walk.order)
    operator = Client()
    operator.force_login(make_user(is_staff=True, is_superuser=True))
    queue = operator.get(reverse("admin:orders_aftersalescase_changelist") + "?dispute=open")

    press(operator, case, "decide", site="admin", outcome="part", amount="8.00", reason="Half of it works.")

    assert case.number in queue.text
    assert status_of(case) == CaseStatus.REFUNDED
    assert (case.refunded_minor, case.verdict.reason) == (800, "Half of it works.")
    assert case.verdict.actor.startswith("operator:")


def test_a_merchant_cannot_give_a_verdict() -> None:
    walk = delivered()
    case = case_up_to("escalated", walk.order)

    answer = press(member_of(walk), case, "decide", site="admin", outcome="merchant", reason="Mine")

    assert answer.status_code == 403
    assert status_of(case) == CaseStatus.ESCALATED


def test_pictures_are_shown_to_the_merchants_people_and_to_nobody_elses() -> None:
    walk = delivered()
    case = open_case(walk.order, photos=[photo()])
    address = f"/cases/{case.number}/photos/{CasePhoto.objects.get(case=case).pk}/"

    answers = [member_of(walk).get(address), member_of(walk, "catalogue").get(address), member_of(delivered()).get(address)]

    assert [answer.status_code for answer in answers] == [200, 404, 404]


def test_counts_of_a_case_that_changed_meanwhile_are_refused_with_a_message() -> None:
    walk = delivered()
    case = case_up_to("sent_back", walk.order)
    receive(case, counts=counts(case))
    line = CaseLine.objects.get(case=case)

    press(member_of(walk), case, "receive", **{f"received-{line.pk}": "1", f"grade-{line.pk}": "a"})

    assert status_of(case) == CaseStatus.REFUNDED
