"""The oracle itself: what it must remember, refuse and break, or no test against it proves anything."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import stripe

from tests.provider_double.client import KEY, SECRET, ProviderDouble
from tests.provider_double.faults import KNOBS, Faults
from tests.provider_double.messages import FORGED_SECRET, signature
from tests.provider_double.store import Store
from tests.running_shop import soon

SESSION = {
    "mode": "payment",
    "client_reference_id": "a",
    "line_items": [{"price_data": {"currency": "usd", "unit_amount": 5_000, "product_data": {"name": "tea"}}, "quantity": 1}],
    "success_url": "https://shop.example/",
    "metadata": {"attempt_id": "a"},
    "payment_intent_data": {"metadata": {"attempt_id": "a", "reference": "p"}},
}


@pytest.fixture
def client(provider_double: ProviderDouble) -> stripe.StripeClient:
    return stripe.StripeClient(KEY, max_network_retries=0, base_addresses={"api": provider_double.base})


def opened(client: stripe.StripeClient, key: str = "k", **changes: object) -> str:
    return client.v1.checkout.sessions.create(params={**SESSION, **changes}, options={"idempotency_key": key}).id


def test_what_was_charged_survives_a_kill(provider_double: ProviderDouble, client: stripe.StripeClient) -> None:
    session = opened(client)
    provider_double.pay(session)

    provider_double.kill()
    provider_double.start()

    assert [charge["amount"] for charge in provider_double.charges(attempt_id="a")] == [5_000]
    assert provider_double.charges(reference="p") == provider_double.charges()
    assert opened(client) == session


def test_a_key_with_other_parameters_is_an_idempotency_error(provider_double: ProviderDouble, client: stripe.StripeClient) -> None:
    opened(client)

    with pytest.raises(stripe.IdempotencyError) as refused:
        opened(client, client_reference_id="b")

    assert refused.value.http_status == 400
    assert len(provider_double.sessions()) == 1


def test_a_key_in_use_is_a_conflict(provider_double: ProviderDouble, client: stripe.StripeClient) -> None:
    provider_double.turn("delay", seconds=30, times=1)
    first = threading.Thread(target=lambda: opened(client))
    first.start()
    assert soon(lambda: bool(provider_double.calls("POST")), 5)

    with pytest.raises(stripe.APIError) as refused:
        opened(client)

    provider_double.release()
    first.join()
    assert refused.value.http_status == 409
    assert len(provider_double.sessions()) == 1


def test_a_500_after_applying_is_replayed_for_its_key(provider_double: ProviderDouble, client: stripe.StripeClient) -> None:
    provider_double.turn("error_after", times=1)

    for _ in range(2):
        with pytest.raises(stripe.APIError):
            opened(client)

    assert len(provider_double.sessions()) == 1


@pytest.mark.parametrize(("knob", "applied"), [("drop_before", 0), ("drop_after", 1)])
def test_a_broken_connection_has_or_has_not_applied(
    provider_double: ProviderDouble, client: stripe.StripeClient, knob: str, applied: int
) -> None:
    provider_double.turn(knob, times=1)

    with pytest.raises(stripe.APIConnectionError):
        opened(client)

    assert len(provider_double.sessions()) == applied


def test_refunds_stay_within_what_was_charged(provider_double: ProviderDouble, client: stripe.StripeClient) -> None:
    intent = provider_double.pay(opened(client))["payment_intent"]
    client.v1.refunds.create(params={"payment_intent": intent, "amount": 3_000})

    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create(params={"payment_intent": intent, "amount": 2_001})

    assert [row["amount"] for row in provider_double.refunds(reference="p")] == [3_000]


def test_lists_are_cut_into_pages_by_time(provider_double: ProviderDouble, client: stripe.StripeClient) -> None:
    ids = [opened(client, key=f"k{number}") for number in range(5)]

    rows = list(client.v1.checkout.sessions.list(params={"limit": 2, "created": {"gte": 1}}).auto_paging_iter())

    assert [row.id for row in rows] == ids[::-1]
    assert not client.v1.checkout.sessions.list(params={"created": {"lt": 1_000}}).data


def test_chances_strike_the_same_requests_for_the_same_seed(tmp_path: Path) -> None:
    store = Store(tmp_path / "state.sqlite")

    def struck(seed: int) -> list[int]:
        faults = Faults(store, seed)
        faults.turn({"delay": {"chance": 0.3}})
        return [serial for serial in range(100) if faults.strikes("delay", serial)]

    assert struck(1) == struck(1) != struck(2)
    assert 10 < len(struck(1)) < 60


def test_an_unknown_knob_is_a_mistake(provider_double: ProviderDouble) -> None:
    assert "forge" in KNOBS
    with pytest.raises(AssertionError):
        provider_double.turn("forgery")


class Listener:
    """An address that refuses the first message and keeps the others."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.answers = [500]
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.got.append((self.headers["Stripe-Signature"], body))
                self.send_response(listener.answers.pop() if listener.answers else 200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def test_events_are_delivered_signed_again_after_a_refusal_doubled_and_forged(
    provider_double: ProviderDouble, client: stripe.StripeClient
) -> None:
    listener = Listener()
    provider_double.deliver_to(f"http://127.0.0.1:{listener.server.server_port}/")
    provider_double.turn("duplicate", copies=1)
    provider_double.turn("forge")
    try:
        session = opened(client)
        provider_double.pay(session)
        expected = len(provider_double.rows("event")) * 3
        assert soon(lambda: sum(row["done"] for row in provider_double.deliveries()) == expected, 10)
    finally:
        provider_double.deliver_to("")
        listener.close()

    assert len(listener.got) >= expected
    kinds = {json.loads(body)["type"] for _, body in listener.got}
    assert {"checkout.session.completed", "payment_intent.succeeded", "charge.succeeded"} <= kinds
    for header, body in listener.got:
        secret = FORGED_SECRET if "evt_forged" in json.loads(body)["id"] else SECRET
        moment = int(header.split(",")[0].removeprefix("t="))
        assert header == signature(body, secret, moment)
