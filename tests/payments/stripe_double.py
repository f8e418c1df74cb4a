"""A small Stripe on 127.0.0.1: the few endpoints our gateway uses, strict about idempotency keys and amounts.

Spoken to by the real `stripe` package over real HTTP, so requests, errors and time-outs are the library's own.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

Answer = tuple[int, dict[str, Any]]
KEY = "sk_test_double"
SECRET = "whsec_new"


def _error(status: int, code: str) -> Answer:
    kind = "api_error" if status >= 500 else "idempotency_error" if code == "key_reused" else "invalid_request_error"
    return status, {"error": {"type": kind, "code": code, "message": code}}


class StripeDouble:
    """State and switches of the server. Use as a context manager; `base` is its address."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.answers: dict[str, tuple[str, Answer]] = {}
        self.posts = 0
        self.breaks_after_applying = False
        self.breaks_before_applying = False
        self.may_answer = threading.Event()
        self.may_answer.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self.base = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> StripeDouble:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.may_answer.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def pay(self, session_id: str) -> None:
        """The shopper pays on the hosted page."""
        self.sessions[session_id] |= {"status": "complete", "payment_status": "paid", "payment_intent": f"pi_{uuid.uuid4().hex}"}

    def expire(self, session_id: str) -> None:
        self.sessions[session_id]["status"] = "expired"

    def webhook(self, session_id: str, secret: str, *, livemode: bool = False, age_seconds: int = 0) -> tuple[dict[str, str], bytes]:
        """Headers and body of the message about a session as it is now."""
        session = self.sessions[session_id]
        kind = "checkout.session.expired" if session["status"] == "expired" else "checkout.session.completed"
        event = {"id": f"evt_{session_id}", "object": "event", "type": kind, "livemode": livemode, "data": {"object": session}}
        body = json.dumps(event).encode()
        moment = int(time.time()) - age_seconds
        digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
        return {"Stripe-Signature": f"t={moment},v1={digest}"}, body

    def answer(self, method: str, path: str, query: dict[str, str], form: dict[str, str], key: str) -> Answer:
        if self.breaks_before_applying:
            return _error(500, "before")
        if method == "GET":
            return self._read(path, query)
        self.posts += 1
        fingerprint = json.dumps([path, sorted(form.items())])
        if key in self.answers:
            first, stored = self.answers[key]
            return stored if first == fingerprint else _error(400, "key_reused")
        done = self._write(path, form)
        if self.breaks_after_applying:
            done = _error(500, "after")  # and the same 500 again for as long as the key lives, as Stripe v1 does
        if key:
            self.answers[key] = (fingerprint, done)
        return done

    def _read(self, path: str, query: dict[str, str]) -> Answer:
        noun, _, identity = path.removeprefix("/v1/").replace("checkout/sessions", "sessions").partition("/")
        rows = self.sessions if noun == "sessions" else self.refunds
        if identity:
            return (200, rows[identity]) if identity in rows else _error(404, "resource_missing")
        found = list(rows.values())
        if "payment_intent" in query:
            found = [row for row in found if row["payment_intent"] == query["payment_intent"]]
        if "created[gte]" in query:
            found = [row for row in found if row["created"] >= int(query["created[gte]"])]
        return 200, {"object": "list", "data": found, "has_more": False, "url": path}

    def _write(self, path: str, form: dict[str, str]) -> Answer:
        if path == "/v1/checkout/sessions":
            return self._open_session(form)
        if path == "/v1/refunds":
            return self._refund(form)
        session = self.sessions[path.split("/")[4]]
        if session["status"] != "open":
            return _error(400, "not_open")
        session["status"] = "expired"
        return 200, session

    def _open_session(self, form: dict[str, str]) -> Answer:
        identity = f"cs_test_{uuid.uuid4().hex}"
        amount = int(form["line_items[0][price_data][unit_amount]"]) * int(form["line_items[0][quantity]"])
        if amount < 50 or form["mode"] != "payment" or not form["success_url"].startswith("http"):
            return _error(400, "amount_too_small" if amount < 50 else "parameter_invalid")
        self.sessions[identity] = {
            "id": identity,
            "object": "checkout.session",
            "created": int(time.time()),
            "livemode": False,
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": None,
            "amount_total": amount,
            "currency": form["line_items[0][price_data][currency]"],
            "client_reference_id": form["client_reference_id"],
            "metadata": {"attempt_id": form["metadata[attempt_id]"]},
            "url": f"https://checkout.stripe.com/c/pay/{identity}",
        }
        return 200, self.sessions[identity]

    def _refund(self, form: dict[str, str]) -> Answer:
        intent, amount = form["payment_intent"], int(form["amount"])
        paid = next((row for row in self.sessions.values() if row["payment_intent"] == intent), None)
        if paid is None:
            return _error(404, "resource_missing")
        before = sum(row["amount"] for row in self.refunds.values() if row["payment_intent"] == intent)
        if before + amount > paid["amount_total"]:
            return _error(400, "charge_already_refunded")
        identity = f"re_{uuid.uuid4().hex}"
        self.refunds[identity] = {
            "id": identity,
            "object": "refund",
            "amount": amount,
            "currency": paid["currency"],
            "payment_intent": intent,
            "status": "succeeded",
            "metadata": {"refund_id": form["metadata[refund_id]"]},
        }
        return 200, self.refunds[identity]


def _handler(double: StripeDouble) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply()

        def do_POST(self) -> None:
            self._reply()

        def _reply(self) -> None:
            address = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            query = {name: values[-1] for name, values in parse_qs(address.query).items()}
            key = self.headers.get("Idempotency-Key") or ""
            if self.headers["Authorization"] != f"Bearer {KEY}":
                status, answer = _error(401, "bad_key")
            else:
                status, answer = double.answer(self.command, address.path, query, dict(parse_qsl(body)), key)
            double.may_answer.wait(timeout=30)
            data = json.dumps(answer).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            except OSError:
                pass  # the caller did not wait

        def log_message(self, *_: object) -> None:
            pass

    return Handler
