"""A refused case before the marketplace: evidence of both sides, a verdict that moves money once."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from core import invariants
from core.errors import InvalidPicture
from core.states import IllegalTransition
from orders.errors import AmountNotAllowed, EvidenceClosed, TextMissing, TooManyPhotos
from orders.models import CasePhoto, CaseVerdict
from orders.services.cases import answers
from orders.services.cases.statements import photo_path, write_message
from orders.states import CaseStatus, OrderStatus
from payments.models import EscrowHold, Refund
from payments.selectors import balances
from tests.drain import drain
from tests.factories.cases import (
    SHOPPER,
    case_up_to,
    counts,
    decide,
    escalate,
    lines_of,
    merchant_of,
    open_case,
    photo,
    receive,
    send_back,
)
from tests.factories.orders import make_goods
from tests.walkthrough import Walk, order_up_to

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private_files(settings: Settings, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path


def delivered(status: str = OrderStatus.DELIVERED) -> Walk:
    return order_up_to(status, variants=[make_goods(price=2_000)])


def test_a_verdict_for_the_shopper_pays_all_and_both_read_why() -> None:
    walk = delivered()
    case = case_up_to("escalated", walk.order)

    decide(case)
    drain()

    case.refresh_from_db()
    assert (case.status, case.refunded_minor, case.verdict.reason) == (CaseStatus.CLOSED, 2_500, "The photos show it.")
    assert Refund.objects.get().amount_minor == 2_500
    assert walk.refresh().order.status == OrderStatus.REFUNDED
    assert invariants.violations() == {}


def test_a_verdict_in_part_pays_that_part() -> None:
    walk = delivered()
    case = case_up_to("escalated", walk.order)

    decide(case, "part", amount_minor=800)
    drain()

    case.refresh_from_db()
    assert (case.status, case.refunded_minor) == (CaseStatus.CLOSED, 800)
    assert balances(walk.order.merchant_id, "USD").held_minor == 1_700
    assert invariants.violations() == {}


def test_a_verdict_for_the_merchant_lets_the_money_go_on() -> None:
    walk = delivered()
    case = case_up_to("escalated", walk.order)

    decide(case, "merchant")
    drain()

    case.refresh_from_db()
    assert (case.status, case.refunded_minor) == (CaseStatus.CLOSED, 0)
    assert not Refund.objects.exists()
    assert not EscrowHold.objects.get(reference=walk.order.pk).freezes.filter(lifted_at=None).exists()
    assert invariants.violations() == {}


def test_a_verdict_after_completion_makes_payable_negative_where_it_must() -> None:
    walk = delivered(OrderStatus.COMPLETED)
    case = case_up_to("escalated", walk.order)

    decide(case)
    drain()

    assert balances(walk.order.merchant_id, "USD").payable_minor == 0
    assert walk.refresh().order.status == OrderStatus.REFUNDED
    assert invariants.violations() == {}


def test_a_verdict_can_ask_for_the_goods_first_and_then_nobody_haggles() -> None:
    walk = delivered()
    case = case_up_to("escalated", walk.order)

    decide(case, goods_back=True)
    case.refresh_from_db()
    waiting = case.status
    send_back(case)
    receive(case, counts=counts(case, grade="c"), deduction_minor=900, reason="Worn")
    drain()

    case.refresh_from_db()
    assert waiting == CaseStatus.APPROVED
    assert (case.status, case.refunded_minor) == (CaseStatus.CLOSED, 2_500)
    assert invariants.violations() == {}


def test_when_the_merchant_wins_about_a_deduction_the_rest_is_still_paid() -> None:
    walk = delivered()
    case = case_up_to("sent_back", walk.order)
    receive(case, counts=counts(case, grade="c"), deduction_minor=700, reason="Worn")
    escalate(case)

    decide(case, "merchant")
    drain()

    case.refresh_from_db()
    assert case.refunded_minor == 1_800
    assert invariants.violations() == {}


def test_a_second_verdict_is_refused() -> None:
    case = case_up_to("escalated", delivered().order)
    decide(case, "merchant")

    with pytest.raises(IllegalTransition):
        decide(case, "shopper")

    assert CaseVerdict.objects.count() == 1
    assert not Refund.objects.exists()


@pytest.mark.parametrize("amount", [None, 0, -1, 2_500, 9_999])
def test_a_part_is_more_than_nothing_and_less_than_all(amount: int | None) -> None:
    case = case_up_to("escalated", delivered().order)

    with pytest.raises(AmountNotAllowed):
        decide(case, "part", amount_minor=amount)

    case.refresh_from_db()
    assert case.status == CaseStatus.ESCALATED


def test_a_verdict_and_a_dispute_need_words() -> None:
    case = case_up_to("refused", delivered().order)

    with pytest.raises(TextMissing):
        escalate(case, text="")
    escalate(case)
    with pytest.raises(TextMissing):
        decide(case, reason=" ")

    case.refresh_from_db()
    assert case.status == CaseStatus.ESCALATED


def test_only_a_refusal_or_an_offer_can_be_disputed() -> None:
    case = open_case(delivered().order)

    with pytest.raises(IllegalTransition):
        escalate(case)


def test_both_sides_add_evidence_until_its_deadline() -> None:
    walk = delivered()
    case = case_up_to("escalated", walk.order)
    assert case.evidence_until is not None
    late = case.evidence_until + dt.timedelta(seconds=1)

    write_message(case_id=case.pk, text="Look", photos=[photo()], actor=SHOPPER, at=timezone.now())
    write_message(case_id=case.pk, text="It left whole", photos=[photo()], actor=merchant_of(walk.order), at=timezone.now())
    for actor in (SHOPPER, merchant_of(walk.order)):
        with pytest.raises(EvidenceClosed):
            write_message(case_id=case.pk, text="One more thing", actor=actor, at=late)
    write_message(case_id=case.pk, text="Which colour was it?", actor="operator:1", at=late)

    assert [message.side for message in case.messages.order_by("created_at")][-3:] == ["shopper", "merchant", "operator"]
    assert CasePhoto.objects.count() == 2


def test_a_photo_is_encoded_anew_without_metadata_and_lies_where_no_web_server_looks(tmp_path: Path) -> None:
    case = open_case(delivered().order, photos=[photo(4_000, 1_000)])

    found = CasePhoto.objects.get(case=case)
    with Image.open(photo_path(found)) as image:
        assert (image.format, image.size) == ("WEBP", (2_560, 640))
        assert not image.getexif()
    assert tmp_path in photo_path(found).parents
    assert not photo_path(found).is_relative_to(settings.MEDIA_ROOT)


@pytest.mark.parametrize("data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a<script>alert(1)</script>"])
def test_what_is_not_a_picture_is_refused_with_the_whole_form(data: bytes) -> None:
    walk = delivered()

    with pytest.raises(InvalidPicture):
        open_case(walk.order, photos=[data])

    assert not walk.order.cases.exists()
    assert lines_of(walk.order)[0].claimed_quantity == 0


def test_photos_of_one_side_are_limited() -> None:
    case = open_case(delivered().order, photos=[photo()] * 8)

    with pytest.raises(TooManyPhotos):
        write_message(case_id=case.pk, text="", photos=[photo()], actor=SHOPPER, at=timezone.now())


def test_a_withdrawn_dispute_ends_it() -> None:
    case = case_up_to("escalated", delivered().order)

    answers.withdraw_case(case_id=case.pk, actor=SHOPPER, at=timezone.now())

    case.refresh_from_db()
    assert case.status == CaseStatus.WITHDRAWN
    assert invariants.violations() == {}
