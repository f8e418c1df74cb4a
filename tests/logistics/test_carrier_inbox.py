"""Messages of carriers: only signed ones, each once, in any order; what nobody understands is kept."""

import datetime as dt
import json

import pytest
from django.test import Client

from core.models import OutboxEvent
from logistics.errors import InvalidCarrierMessage, InvalidSignature, MessageNotQuarantined, UnknownCarrier
from logistics.models import CarrierAccount, CarrierMessage, Shipment
from logistics.services import carrier_accounts, carrier_inbox
from tests.factories.carriers import make_carrier, message_of, send_by, signed
from tests.factories.logistics import NOW

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)


class Rig:
    """A carrier, its secret and a parcel it carries."""

    def __init__(self, number: str = "QP1") -> None:
        self.account, self.secret = make_carrier()
        self.sent_at = NOW - 9 * HOUR
        self.parcel: Shipment = send_by(str(self.account.pk), merchant=self.account.merchant, number=number, at=self.sent_at)

    def tell(self, status: str, hours: float = 0, *, number: str = "QP1", **more: str) -> bool:
        """The carrier tells what happened so many hours after the parcel was sent; the worker runs afterwards."""
        body = message_of(number, status=status, at=self.sent_at + hours * HOUR, **more)
        is_new = self.post(body)
        carrier_inbox.process_carrier_messages(at=NOW)
        return is_new

    def post(self, body: bytes, headers: dict[str, str] | None = None, at: dt.datetime = NOW) -> bool:
        headers = signed(self.secret, body, at=NOW) if headers is None else headers
        return carrier_inbox.receive_carrier_message(code=self.account.code, headers=headers, body=body, at=at)

    def state(self) -> tuple[str, list[str]]:
        self.parcel.refresh_from_db()
        return self.parcel.status, list(self.parcel.events.order_by("at", "id").values_list("code", flat=True))


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_a_signed_message_moves_its_parcel(rig: Rig) -> None:
    assert rig.tell("in_transit", 1, place="Wuhan")
    assert rig.tell("delivered", 5, place="Chengdu", note="At the door")

    assert rig.state() == ("delivered", ["handed_over", "in_transit", "delivered"])
    assert rig.parcel.delivered_at == rig.sent_at + 5 * HOUR
    assert set(CarrierMessage.objects.values_list("status", flat=True)) == {"handled"}
    assert OutboxEvent.objects.filter(name="ShipmentDelivered").count() == 1


def test_the_same_event_again_is_kept_once_and_changes_nothing(rig: Rig) -> None:
    assert rig.tell("delivered", 5, event="evt-x")

    assert not rig.tell("delivered", 5, event="evt-x")
    assert not rig.tell("failed", 6, event="evt-x")

    assert rig.state() == ("delivered", ["handed_over", "delivered"])
    assert CarrierMessage.objects.count() == 1
    assert OutboxEvent.objects.filter(name="ShipmentDelivered").count() == 1


def test_news_under_two_event_ids_is_one_line(rig: Rig) -> None:
    rig.tell("in_transit", 1)
    rig.tell("in_transit", 1)

    assert rig.state() == ("in_transit", ["handed_over", "in_transit"])


def test_events_in_any_order_end_in_the_same_state(rig: Rig) -> None:
    for status, hours in (("delivered", 5), ("in_transit", 1), ("failed", 3), ("out_for_delivery", 4), ("handed_over", 0.5)):
        rig.tell(status, hours)

    assert rig.state() == ("delivered", ["handed_over", "handed_over", "in_transit", "failed", "out_for_delivery", "delivered"])
    assert set(CarrierMessage.objects.values_list("status", flat=True)) == {"handled"}


def test_an_old_failure_does_not_undo_a_second_attempt(rig: Rig) -> None:
    rig.tell("out_for_delivery", 4)
    rig.tell("failed", 2)

    assert rig.state() == ("out_for_delivery", ["handed_over", "failed", "out_for_delivery"])


def test_a_scan_before_the_merchant_has_pressed_the_button_counts(rig: Rig) -> None:
    rig.tell("in_transit", -2)

    assert rig.state()[0] == "in_transit"


def test_what_cannot_be_is_quarantined_and_changes_nothing(rig: Rig) -> None:
    rig.tell("delivered", 5)
    rig.tell("in_transit", 6)

    assert rig.state() == ("delivered", ["handed_over", "delivered"])
    message = CarrierMessage.objects.get(code="in_transit")
    assert (message.status, message.handled_at) == ("quarantined", NOW)
    assert message.problem


def test_a_number_nobody_has_is_kept_and_told_when_somebody_ships_under_it(rig: Rig) -> None:
    rig.tell("in_transit", 1, number="QP2", place="Wuhan")
    assert CarrierMessage.objects.get().status == "quarantined"

    late = send_by(str(rig.account.pk), merchant=rig.account.merchant, number="QP2", at=rig.sent_at)
    carrier_inbox.process_carrier_messages(at=NOW)

    late.refresh_from_db()
    assert late.status == "in_transit"
    assert CarrierMessage.objects.get().status == "handled"


def test_a_number_of_another_shop_is_nobodys(rig: Rig) -> None:
    other = Rig("QP1")

    other.tell("delivered", 5)

    assert rig.state() == ("handed_over", ["handed_over"])
    assert other.state()[0] == "delivered"


def test_the_operator_lets_a_message_try_again_or_puts_it_aside(rig: Rig) -> None:
    rig.tell("in_transit", 1, number="QP8")
    rig.tell("in_transit", 1, number="QP9")
    first, second = CarrierMessage.objects.order_by("tracking_number")

    carrier_inbox.release_message(message_id=first.pk, actor="operator:1", at=NOW)
    carrier_inbox.process_carrier_messages(at=NOW)
    carrier_inbox.dismiss_message(message_id=second.pk, reason="Not ours", actor="operator:1", at=NOW)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("quarantined", "dismissed")
    with pytest.raises(MessageNotQuarantined):
        carrier_inbox.release_message(message_id=second.pk, actor="operator:1", at=NOW)
    with pytest.raises(MessageNotQuarantined):
        carrier_inbox.dismiss_message(message_id=second.pk, reason="", actor="operator:1", at=NOW)


def forgeries(rig: Rig, body: bytes) -> dict[str, dict[str, str]]:
    right = signed(rig.secret, body, at=NOW)
    name = "X-Carrier-Signature"
    return {
        "unsigned": {},
        "no signature": {"X-Carrier-Timestamp": right["X-Carrier-Timestamp"]},
        "no timestamp": {name: right[name]},
        "another secret": signed("cs_guess", body, at=NOW),
        "another shop's secret": signed(Rig("QP1").secret, body, at=NOW),
        "another body": signed(rig.secret, body + b" ", at=NOW),
        "another moment": {**right, "X-Carrier-Timestamp": str(int(right["X-Carrier-Timestamp"]) + 1)},
        "not ASCII": {**right, name: "sha256=é" + "ü" * 60},
        "no number": {**right, "X-Carrier-Timestamp": "soon"},
        "endless number": {**right, "X-Carrier-Timestamp": "9" * 5000},
        "other digits": {**right, "X-Carrier-Timestamp": "١٢٣"},
        "expired": signed(rig.secret, body, at=NOW - dt.timedelta(minutes=5)),
        "of the future": signed(rig.secret, body, at=NOW + dt.timedelta(minutes=5)),
    }


def test_forged_altered_and_expired_messages_are_refused_and_not_stored(rig: Rig) -> None:
    body = message_of("QP1", status="delivered", at=NOW)

    for what, headers in forgeries(rig, body).items():
        with pytest.raises(InvalidSignature):
            rig.post(body, headers)
        assert CarrierMessage.objects.count() == 0, what

    assert rig.state() == ("handed_over", ["handed_over"])


def test_a_message_is_good_for_just_under_five_minutes_and_replayed_it_is_nothing_new(rig: Rig) -> None:
    body = message_of("QP1", status="delivered", at=NOW)
    headers = signed(rig.secret, body, at=NOW)

    assert rig.post(body, headers)
    assert not rig.post(body, headers, at=NOW + dt.timedelta(minutes=5) - SECOND)
    with pytest.raises(InvalidSignature):
        rig.post(body, headers, at=NOW + dt.timedelta(minutes=5))

    assert CarrierMessage.objects.count() == 1


def test_both_secrets_are_taken_while_one_is_changed(rig: Rig) -> None:
    about = {"account_id": rig.account.pk, "merchant_id": rig.account.merchant_id}
    _account, new = carrier_accounts.renew_secret(**about, at=NOW)

    for secret in (rig.secret, new):
        body = message_of("QP1", at=NOW)
        assert rig.post(body, signed(secret, body, at=NOW))
    carrier_accounts.end_old_secret(**about)
    body = message_of("QP1", at=NOW)

    with pytest.raises(InvalidSignature):
        rig.post(body, signed(rig.secret, body, at=NOW))
    assert rig.post(body, signed(new, body, at=NOW))


def test_a_carrier_that_is_unknown_or_switched_off_does_not_exist(rig: Rig) -> None:
    body = message_of("QP1")
    CarrierAccount.objects.update(is_active=False)

    with pytest.raises(UnknownCarrier):
        rig.post(body)


WRONG = [
    b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 15_000, json.dumps({"id": "e"}).encode(),
    message_of("QP1", status="flying"), message_of("QP1", status="planned"), message_of("", status="delivered"), message_of("Q" * 61),
    message_of("QP\x00", status="delivered"), message_of("QP1", place="x" * 81), message_of("QP1", note=7),
    message_of("QP1", event="e" * 121), message_of("QP1", at=NOW + 2 * HOUR), message_of("QP1", at=dt.datetime(1, 1, 1, tzinfo=dt.UTC)),
    message_of("QP1", at=NOW.replace(tzinfo=None)), message_of("QP1").replace(b'"at": "', b'"at": "99'),
]  # fmt: skip


@pytest.mark.parametrize("body", WRONG, ids=range(len(WRONG)))  # their moments are those of each process
def test_signed_nonsense_is_refused_with_its_reason_and_not_stored(rig: Rig, body: bytes) -> None:
    with pytest.raises(InvalidCarrierMessage) as refusal:
        rig.post(body)

    assert refusal.value.params["problem"]
    assert CarrierMessage.objects.count() == 0


def _send(client: Client, code: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    answer = client.post(f"/webhooks/carriers/{code}/", body, content_type="application/json", headers=headers)
    return answer.status_code, answer.json()["code"] if answer.content else ""


def test_over_http_every_refusal_has_its_status(rig: Rig, client: Client) -> None:
    body = message_of("QP1", at=NOW)
    huge = b"x" * 1_000_000

    assert _send(client, rig.account.code, body, signed(rig.secret, body)) == (200, "")
    assert _send(client, rig.account.code, body, signed(rig.secret, body)) == (200, "")
    assert _send(client, rig.account.code, body, signed("cs_guess", body)) == (400, "invalid_signature")
    assert _send(client, rig.account.code, b"{", signed(rig.secret, b"{")) == (400, "invalid_carrier_message")
    assert _send(client, rig.account.code, huge, signed(rig.secret, huge)) == (413, "message_too_large")
    assert _send(client, "nobody-1", body, signed(rig.secret, body)) == (404, "unknown_carrier")
    assert client.get(f"/webhooks/carriers/{rig.account.code}/").status_code == 405
    assert CarrierMessage.objects.count() == 1
