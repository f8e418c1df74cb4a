"""What every carrier promises, run over all three."""

import datetime as dt

import pytest

from core.ids import uuid7
from logistics.errors import InvalidSignature, InvalidTracking, UnknownCarrier
from logistics.gateways import carrier, carriers
from logistics.gateways.base import ParcelToSend
from logistics.services.carrier_inbox import process_carrier_messages, receive_carrier_message
from logistics.states import ShipmentStatus
from tests.factories.carriers import make_carrier, message_of, send_by, signed
from tests.factories.logistics import NOW

pytestmark = pytest.mark.django_db
ALL = ("simulated", "webhook", "manual")
LATER = NOW + dt.timedelta(days=30)


def sent_by(code: str) -> tuple[str, object]:
    """A parcel that this carrier carries, its number and its booking (None by hand)."""
    if code == "webhook":
        account, secret = make_carrier()
        parcel = send_by(str(account.pk), merchant=account.merchant, number="QP1")
        body = message_of("QP1", at=NOW)
        receive_carrier_message(code=account.code, headers=signed(secret, body, at=NOW), body=body, at=NOW)
        process_carrier_messages(at=NOW)
    else:
        parcel = send_by(code, number="HAND1", carrier="Uncle Wang")
    return parcel.tracking_number, getattr(parcel, "booking", None)


def test_all_carriers_are_registered_and_the_built_in_one_is_first() -> None:
    assert tuple(made.code for made in carriers()) == ALL
    with pytest.raises(UnknownCarrier):
        carrier("pigeon")


@pytest.mark.parametrize("code", ALL)
def test_booking_again_gives_the_same_number(code: str) -> None:
    parcel = ParcelToSend(uuid7(), tracking_number=" SF1 ")

    first, second = carrier(code).book(parcel), carrier(code).book(parcel)

    assert first == second
    assert 0 < len(first.tracking_number) <= 60
    assert (first.tracking_number == "SF1") is not carrier(code).makes_numbers


@pytest.mark.parametrize("code", ALL)
@pytest.mark.parametrize("number", ["", "   ", "1" * 61])
def test_a_number_is_needed_unless_the_carrier_makes_it(code: str, number: str) -> None:
    parcel = ParcelToSend(uuid7(), tracking_number=number)

    if carrier(code).makes_numbers:
        assert carrier(code).book(parcel).tracking_number
    else:
        with pytest.raises(InvalidTracking):
            carrier(code).book(parcel)


@pytest.mark.parametrize("code", ALL)
def test_news_are_of_the_number_asked_for_in_order_and_not_of_the_future(code: str) -> None:
    number, _booking = sent_by(code)
    gateway = carrier(code)

    told = gateway.track([number, "NOBODY"], at=LATER)

    assert bool(told) is (code != "manual")
    assert [news.at for news in told] == sorted(news.at for news in told)
    assert {news.tracking_number for news in told} <= {number}
    assert {news.code for news in told} <= set(ShipmentStatus.values)
    assert len({news.event_id for news in told}) == len(told)
    assert gateway.track(["NOBODY"], at=LATER) == gateway.track([], at=LATER) == []
    assert gateway.track([number], at=NOW - dt.timedelta(minutes=1)) == []


@pytest.mark.parametrize("code", ["simulated", "webhook"])
def test_only_who_can_be_asked_turns_a_parcel_around(code: str) -> None:
    _number, booking = sent_by(code)

    assert carrier(code).cancel(booking, at=NOW) is (code == "simulated")  # type: ignore[arg-type]


@pytest.mark.parametrize("code", ALL)
def test_nobody_believes_an_unsigned_message(code: str) -> None:
    account, _secret = make_carrier()

    for owner in (account, None):
        with pytest.raises(InvalidSignature):
            carrier(code).parse_webhook(owner, {}, message_of("QP1"), at=NOW)
