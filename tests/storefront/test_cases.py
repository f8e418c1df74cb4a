"""Returns and disputes as the shopper meets them: plain forms, guests by the link of a mail, strangers find nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from orders.models import AfterSalesCase, CasePhoto
from orders.states import CaseKind, CaseStatus, OrderStatus
from tests.factories.accounts import make_user
from tests.factories.cases import case_up_to, counts, lines_of, open_case, photo, receive
from tests.factories.orders import make_goods
from tests.walkthrough import Walk, order_up_to

pytestmark = pytest.mark.django_db
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@pytest.fixture(autouse=True)
def _private_files(settings: Settings, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path


def delivered(status: str = OrderStatus.DELIVERED, quantity: int = 2) -> Walk:
    return order_up_to(status, variants=[make_goods(price=2_000)], quantity=quantity)


def guest_of(walk: Walk) -> Client:
    client = Client()
    client.get(f"/orders/{walk.checkout.number}/?t={walk.checkout.token}")
    return client


def last_step(client: Client, walk: Walk, *, kind: str = "return", reason: str = "faulty", quantity: int = 1) -> dict[str, Any]:
    """The fields of the last form as the steps before it filled them."""
    line = lines_of(walk.order)[0]
    answer = client.get(f"/orders/{walk.order.number}/return/", {"kind": kind, "reason": reason, f"take-{line.pk}": quantity})
    assert answer.status_code == 200
    main = answer.text.split('enctype="multipart/form-data"')[1]
    return {**dict(HIDDEN.findall(main)), "text": "It is broken."}


def test_a_guest_returns_a_piece_in_three_steps_without_javascript() -> None:
    walk = delivered()
    client = guest_of(walk)

    first = client.get(f"/orders/{walk.order.number}/return/")
    second = client.get(f"/orders/{walk.order.number}/return/?kind=return&reason=faulty&step=pieces")
    fields = last_step(client, walk)
    done = client.post(f"/orders/{walk.order.number}/return/", fields, follow=True)

    assert "Withdraw from the contract here" in first.text
    assert 'name="take-' in second.text
    case = AfterSalesCase.objects.get()
    assert done.redirect_chain == [(f"/cases/{case.number}/", 302)]
    assert (case.kind, case.reason, case.status, case.asked_minor) == ("return", "faulty", CaseStatus.REQUESTED, 2_000)
    assert case.opened_by == "shopper:guest"
    assert 'data-turn="merchant"' in done.text


def test_the_last_step_shows_what_comes_back_with_shipping_and_points() -> None:
    walk = delivered(quantity=1)
    client = guest_of(walk)
    line = lines_of(walk.order)[0]

    answer = client.get(f"/orders/{walk.order.number}/return/", {"kind": "return", "reason": "withdrawal", f"take-{line.pk}": 1})

    assert answer.context["shares"].total_minor == 2_500
    assert "Confirm the withdrawal" in answer.text


def test_the_same_form_sent_twice_opens_one_case() -> None:
    walk = delivered()
    client = guest_of(walk)
    fields = last_step(client, walk)

    for _ in range(2):
        client.post(f"/orders/{walk.order.number}/return/", fields)

    assert AfterSalesCase.objects.count() == 1


def test_photos_are_kept_for_the_sides_only() -> None:
    walk = delivered()
    client = guest_of(walk)
    picture = SimpleUploadedFile("broken.jpg", photo(), "image/jpeg")

    client.post(f"/orders/{walk.order.number}/return/", {**last_step(client, walk), "photos": [picture]})

    found = CasePhoto.objects.get()
    address = f"/cases/{found.case.number}/photos/{found.pk}/"
    mine, stranger = client.get(address), Client().get(address)
    assert (mine.status_code, mine["Content-Type"]) == (200, "image/webp")
    assert "private" in mine["Cache-Control"]
    assert stranger.status_code == 404
    assert Client().get(f"/media/{found.file}").status_code == 404


def test_a_file_that_is_no_picture_is_refused_and_the_words_stay() -> None:
    walk = delivered()
    client = guest_of(walk)
    script = SimpleUploadedFile("x.jpg", b"<script>alert(1)</script>", "image/jpeg")

    answer = client.post(f"/orders/{walk.order.number}/return/", {**last_step(client, walk), "photos": [script]})

    assert 400 <= answer.status_code < 500
    assert "It is broken." in answer.text
    assert not AfterSalesCase.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        "kind=return&reason=faulty",
        "kind=return&reason=nonsense&take-x=1",
        "kind=exchange&reason=faulty&take-1=99999999999999999999",
        "kind=%00&reason=%00",
        "kind=return&reason=withdrawal&step=pieces",
    ],
)
def test_odd_addresses_of_the_steps_are_answered_with_a_page(query: str) -> None:
    walk = delivered()

    answer = guest_of(walk).get(f"/orders/{walk.order.number}/return/?{query}")

    assert answer.status_code in {200, 422}


@pytest.mark.parametrize("changes", [{"kind": "nonsense"}, {"reason": "nonsense"}, {"key": "1"}, {"kind": "cancellation"}, {"text": ""}])
def test_a_tampered_form_opens_nothing(changes: dict[str, str]) -> None:
    walk = delivered()
    client = guest_of(walk)

    answer = client.post(f"/orders/{walk.order.number}/return/", {**last_step(client, walk), **changes})

    assert 400 <= answer.status_code < 500
    assert not AfterSalesCase.objects.exists()


def test_strangers_find_neither_the_steps_nor_the_case() -> None:
    walk = delivered()
    case = open_case(walk.order)

    for path in (f"/orders/{walk.order.number}/return/", f"/cases/{case.number}/", "/cases/XXXX-XXXX-XXXX-1-R1/", "/cases/-/"):
        assert Client().get(path).status_code == 404
    assert Client().post(f"/cases/{case.number}/withdraw/").status_code == 404
    case.refresh_from_db()
    assert case.status == CaseStatus.REQUESTED


def test_a_mails_link_opens_the_case_for_a_guest() -> None:
    walk = delivered()
    case = open_case(walk.order)

    answer = Client().get(f"/cases/{case.number}/?t={walk.checkout.token}", follow=True)

    assert answer.redirect_chain == [(f"/cases/{case.number}/", 302)]
    assert walk.checkout.token not in answer.text
    assert Client().get(f"/cases/{case.number}/?t=wrong").status_code == 404


def test_the_shopper_sends_the_parcel_number_and_the_page_says_whose_turn_it_is() -> None:
    walk = delivered()
    case = case_up_to("approved", walk.order)
    client = guest_of(walk)

    before = client.get(f"/cases/{case.number}/")
    answer = client.post(f"/cases/{case.number}/send-back/", {"carrier": "Post", "tracking_number": "RR1"}, follow=True)

    assert 'data-turn="shopper"' in before.text
    assert case.return_to in before.text
    assert 'data-turn="merchant"' in answer.text
    assert "RR1" in answer.text


def test_a_parcel_without_a_number_is_refused_on_the_page() -> None:
    walk = delivered()
    case = case_up_to("approved", walk.order)

    answer = guest_of(walk).post(f"/cases/{case.number}/send-back/", {"carrier": "Post", "tracking_number": ""})

    assert answer.status_code == 422
    case.refresh_from_db()
    assert case.status == CaseStatus.APPROVED


def test_an_offer_is_accepted_with_one_button() -> None:
    walk = delivered()
    case = case_up_to("sent_back", walk.order)
    receive(case, counts=counts(case, grade="c"), deduction_minor=300, reason="Worn")
    client = guest_of(walk)

    page = client.get(f"/cases/{case.number}/")
    client.post(f"/cases/{case.number}/accept/")

    assert "Accept the offer" in page.text
    assert "Decline" not in page.text  # what came back can only be disputed
    case.refresh_from_db()
    assert (case.status, case.refunded_minor) == (CaseStatus.REFUNDED, 1_700)


def test_a_refusal_goes_to_the_marketplace_with_words_and_photos() -> None:
    walk = delivered()
    case = case_up_to("refused", walk.order)
    client = guest_of(walk)
    picture = SimpleUploadedFile("proof.jpg", photo(), "image/jpeg")

    empty = client.post(f"/cases/{case.number}/escalate/", {"text": ""})
    done = client.post(f"/cases/{case.number}/escalate/", {"text": "It never worked", "photos": [picture]}, follow=True)

    assert empty.status_code == 400
    assert 'data-turn="operator"' in done.text
    assert CasePhoto.objects.count() == 1


def test_a_step_that_is_not_possible_says_so_and_changes_nothing() -> None:
    walk = delivered()
    case = open_case(walk.order)

    answer = guest_of(walk).post(f"/cases/{case.number}/accept/")

    assert answer.status_code == 409
    case.refresh_from_db()
    assert case.status == CaseStatus.REQUESTED
    assert guest_of(walk).post(f"/cases/{case.number}/nonsense/").status_code == 404


def test_the_order_page_offers_a_return_and_lists_its_cases() -> None:
    walk = delivered()
    client = guest_of(walk)

    before = client.get(f"/orders/{walk.checkout.number}/").text
    case = open_case(walk.order, quantity=2)
    after = client.get(f"/orders/{walk.checkout.number}/").text

    assert f"/orders/{walk.order.number}/return/" in before
    assert 'data-testid="confirm-receipt"' in before
    assert f"/cases/{case.number}/" in after
    assert f"/orders/{walk.order.number}/return/" not in after  # every piece is in a case
    assert 'data-testid="confirm-receipt"' not in after


def test_an_order_being_packed_is_cancelled_with_the_shops_consent() -> None:
    walk = delivered(OrderStatus.PREPARING)
    client = guest_of(walk)

    pressed = client.post(f"/orders/{walk.order.number}/cancel/")
    page = client.get(pressed["Location"])
    fields = dict(HIDDEN.findall(page.text.split('enctype="multipart/form-data"')[1]))
    client.post(f"/orders/{walk.order.number}/return/", {**fields, "text": ""})

    case = AfterSalesCase.objects.get()
    assert (case.kind, case.status) == (CaseKind.CANCELLATION, CaseStatus.REQUESTED)
    assert walk.refresh().order.status == OrderStatus.PREPARING


def test_an_exchange_offers_versions_and_every_kind_has_its_page() -> None:
    walk = delivered()
    client = guest_of(walk)

    for kind in ("return", "refund_only", "exchange", "repair"):
        assert client.get(f"/orders/{walk.order.number}/return/?kind={kind}").status_code == 200


def test_a_members_list_of_cases_takes_the_same_few_queries_at_any_length(client: Client) -> None:
    user = make_user()
    client.force_login(user)

    def statements() -> int:
        walk = order_up_to(OrderStatus.DELIVERED, variants=[make_goods()], user=user)
        open_case(walk.order)
        with CaptureQueriesContext(connection) as found:
            assert client.get("/cases/").status_code == 200
        return len(found)

    # Session and user, count, cases and lines, and what the frame knows of the member.
    statements()  # the first also reads what the process then remembers
    one, two, three = statements(), statements(), statements()

    assert one == two == three <= 10


def test_the_page_of_a_case_is_read_in_few_queries(django_assert_max_num_queries: Any) -> None:
    walk = delivered()
    case = open_case(walk.order, photos=[photo()])
    client = guest_of(walk)

    with django_assert_max_num_queries(13):
        assert client.get(f"/cases/{case.number}/").status_code == 200


def test_a_guests_list_shows_the_cases_of_this_browser_only() -> None:
    walk, other = delivered(), delivered()
    case, hidden = open_case(walk.order), open_case(other.order)

    answer = guest_of(walk).get("/cases/")

    assert case.number in answer.text
    assert hidden.number not in answer.text
