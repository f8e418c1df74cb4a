"""HTTP: `/v1/…` is the provider's API, `/pay/…` its hosted page, `/_double/…` what only tests may do."""

from __future__ import annotations

import html
import json
import socket
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.provider_double.api import Answer, Api, error
from tests.provider_double.books import Form, Refusal
from tests.provider_double.claims import Books
from tests.provider_double.faults import REQUEST, Faults
from tests.provider_double.messages import Messages
from tests.provider_double.store import Row, Store

KEY = "sk_test_double"
LONGEST_HANG = 120
PAGE = """<!doctype html><meta charset="utf-8"><title>Provider</title><h1>{amount} {currency}</h1>
<form method="post"><button name="decision" value="approve">Approve</button><button name="decision" value="decline">Decline</button></form>
<a href="{back}">Back to the shop</a>"""


class Double:
    """The whole provider behind one port."""

    def __init__(self, state: Path, seed: int, base: str) -> None:
        self.base = base
        self.store = Store(state)
        self.faults = Faults(self.store, seed)
        self.messages = Messages(self.store, self.faults)
        self.books = Books(self.store, self.faults, self.messages, base)
        self.api = Api(self.books)

    def deliver_to(self, url: str, secret: str) -> None:
        self.store.set("webhook", {"url": url, "secret": secret} if url else None)
        self.messages.ring()

    def arrive(self, method: str, path: str, key: str) -> set[str]:
        """Count a request and decide its faults."""
        with self.store.transaction():
            sql = "INSERT INTO calls (method, path, key, faults, at) VALUES (?, ?, ?, '', ?)"
            serial = self.store.run(sql, (method, path, key, time.time()))
            struck = {name for name in REQUEST if self.faults.strikes(name, serial, method, path)}
            if struck:
                self.store.run("UPDATE calls SET faults = ? WHERE seq = ?", (",".join(sorted(struck)), serial))
        return struck

    def call(self, method: str, path: str, query: Form, form: Form, key: str) -> Answer | None:
        """Answer one API request; None breaks the connection."""
        struck = self.arrive(method, path, key)
        try:
            with self.api.alone(key):
                return self._call(method, path, query, form, key, struck)
        except Refusal as refusal:
            return error(refusal.status, refusal.code, refusal.kind)

    def _call(self, method: str, path: str, query: Form, form: Form, key: str, struck: set[str]) -> Answer | None:
        if "delay" in struck:
            self.faults.wait(self.faults.value("delay", "seconds", 1))
        if "drop_before" in struck:
            return None
        if "rate_limit" in struck:
            return error(429, "rate_limit")
        if "error_before" in struck:
            return error(500, "before")
        answer = self.api.read(path, query) if method == "GET" else self.api.write(path, form, key, struck)
        if "hang" in struck:
            self.faults.wait(LONGEST_HANG)
        return None if "drop_after" in struck else answer

    def decide(self, identity: str, decision: str) -> Row:
        """The shopper's answer on the hosted page."""
        with self.store.transaction():
            return self.books.pay(identity) if decision == "approve" else self.books.decline(identity)

    def control(self, words: list[str], query: Form, data: dict[str, Any]) -> Any:
        """What tests do: move knobs, act as shopper or bank, ask the oracle."""
        with self.store.transaction():
            return self._commands()[words[0]](words[1:], query, data)

    def _commands(self) -> dict[str, Callable[[list[str], Form, dict[str, Any]], Any]]:
        books, store = self.books, self.store
        return {
            "ready": lambda words, query, data: {"ok": True},
            "knobs": lambda words, query, data: self.faults.turn(data),
            "release": lambda words, query, data: self.faults.release(),
            "reset": lambda words, query, data: (store.forget(), self.faults.forget()),
            "webhook": lambda words, query, data: self.deliver_to(data["url"], data["secret"]),
            "pay": lambda words, query, data: books.pay(words[0]),
            "submit": lambda words, query, data: books.submit(words[0]),
            "decline": lambda words, query, data: books.decline(words[0]),
            "expire": lambda words, query, data: books.expire_session(words[0]),
            "refund": lambda words, query, data: books.settle_refund(words[0], data["status"]),
            "dispute": lambda words, query, data: books.open_dispute(data["payment_intent"], data.get("amount"), data["reason"]),
            "close": lambda words, query, data: books.close_dispute(words[0], data["status"]),
            "account": lambda words, query, data: books.open_account(data),
            "change": lambda words, query, data: store.save(books.row(words[0]), **data),
            "forget": lambda words, query, data: store.run("DELETE FROM objects WHERE id = ?", (words[0],)),
            "rows": lambda words, query, data: store.find(words[0], **query),
            "calls": lambda words, query, data: [dict(row) for row in store.all("SELECT * FROM calls ORDER BY seq")],
            "answers": lambda words, query, data: [dict(row) for row in store.all("SELECT key, status FROM answers")],
            "deliveries": lambda words, query, data: [dict(row) for row in store.all("SELECT * FROM deliveries ORDER BY seq")],
        }


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    double: Double


def serve(state: Path, *, seed: int, port: int) -> Server:
    """A bound server, to be run with `serve_forever`."""
    server = Server(("127.0.0.1", port), Handler)
    server.double = Double(state, seed, f"http://127.0.0.1:{server.server_port}")
    return server


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self._route(b"")

    def do_POST(self) -> None:
        self._route(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _route(self, body: bytes) -> None:
        address = urlsplit(self.path)
        query = dict(parse_qsl(address.query))
        words = [unquote(word) for word in address.path.strip("/").split("/")]
        if words[0] == "v1":
            self._api(address.path, query, dict(parse_qsl(body.decode(), keep_blank_values=True)))
        elif words[0] == "pay" and len(words) == 2:
            self._hosted_page(words[1], dict(parse_qsl(body.decode())))
        elif words[0] == "_double":
            self._control(words[1:], query, json.loads(body or b"{}"))
        else:
            self._send(404, b"")

    def _api(self, path: str, query: Form, form: Form) -> None:
        if self.headers["Authorization"] != f"Bearer {KEY}":
            self._json(*error(401, "bad_key"))
            return
        answer = self.server.double.call(self.command, path, query, form, self.headers.get("Idempotency-Key") or "")
        if answer is None:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._json(*answer)

    def _control(self, words: list[str], query: Form, data: dict[str, Any]) -> None:
        try:
            self._json(200, self.server.double.control(words, query, data))
        except (Refusal, KeyError, ValueError) as problem:
            self._json(400, {"error": repr(problem)})

    def _hosted_page(self, identity: str, form: Form) -> None:
        try:
            row = self.server.double.books.row(identity)
            back = row.get("success_url") or row.get("return_url") or "/"
            if self.command == "GET":
                amount = row.get("amount_total") or row.get("amount")
                page = PAGE.format(amount=amount, currency=html.escape(row["currency"].upper()), back=html.escape(back))
                self._send(200, page.encode(), ("Content-Type", "text/html; charset=utf-8"))
                return
            self.server.double.decide(identity, form.get("decision", ""))
        except Refusal as refusal:
            self._send(refusal.status, refusal.code.encode(), ("Content-Type", "text/plain"))
            return
        self._send(303, b"", ("Location", back))

    def _json(self, status: int, answer: Any) -> None:
        self._send(status, json.dumps(answer).encode(), ("Content-Type", "application/json"))

    def _send(self, status: int, data: bytes, *headers: tuple[str, str]) -> None:
        try:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            pass  # the caller did not wait

    def log_message(self, *_: object) -> None:
        pass
