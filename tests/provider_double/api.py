"""The provider's API: addresses, lists, idempotency keys."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.provider_double.books import Form, Refusal
from tests.provider_double.claims import Books
from tests.provider_double.store import Row

Answer = tuple[int, dict[str, Any]]
NOUNS = {
    "checkout/sessions": "checkout.session",
    "payment_intents": "payment_intent",
    "charges": "charge",
    "refunds": "refund",
    "disputes": "dispute",
    "balance_transactions": "balance_transaction",
    "transfers": "transfer",
    "accounts": "account",
    "events": "event",
    "customers": "customer",
}
PARENTS = {
    "refund": "payment_intent",
    "dispute": "charge",
    "charge": "payment_intent",
    "balance_transaction": "source",
    "transfer": "destination",
}
ADDRESS = re.compile(r"/v1/(checkout/sessions|\w+)(?:/([^/]+))?(?:/(\w+))?")
HIDDEN = ("intent_metadata",)
FAR = 2**53


def error(status: int, code: str, kind: str = "invalid_request_error") -> Answer:
    return status, {"error": {"type": "api_error" if status >= 500 else kind, "code": code, "message": code}}


class Api:
    def __init__(self, books: Books) -> None:
        self.books = books
        self.store = books.store
        self._running: set[str] = set()
        self._lock = threading.Lock()

    def read(self, path: str, query: Form) -> Answer:
        noun, identity, _ = self._parts(path)
        if path == "/v1/balance":
            return 200, {"object": "balance", "livemode": False}
        kind = NOUNS.get(noun)
        if kind is None:
            return error(404, "unknown_address")
        if identity:
            row = self.store.get(identity, kind)
            return (200, self._shown(row, query, "")) if row else error(404, "resource_missing")
        return self._list(path, kind, query)

    def _list(self, path: str, kind: str, query: Form) -> Answer:
        parent = query.get(PARENTS.get(kind, ""), "")
        if kind == "dispute" and "payment_intent" in query:
            parent = self.books.charge_of(query["payment_intent"])["id"]
        if kind == "checkout.session" and "payment_intent" in query:
            intents = self.store.all("SELECT parent FROM objects WHERE id = ?", (query["payment_intent"],))
            found = [row for row in [self.store.get(intents[0]["parent"])] if row] if intents else []
            return 200, {"object": "list", "data": [self._shown(row, query, "data.") for row in found], "has_more": False, "url": path}
        if kind == "transfer" and "transfer_group" in query:
            found = [row for row in self.store.find(kind) if row["transfer_group"] == query["transfer_group"]]
            return 200, {"object": "list", "data": found[::-1], "has_more": False, "url": path}
        low = max(int(query.get("created[gte]", 0)), int(query.get("created[gt]", -1)) + 1)
        high = min(int(query.get("created[lte]", FAR)), int(query.get("created[lt]", FAR)) - 1)
        limit = min(max(int(query.get("limit", 10)), 1), 100)
        rows, has_more = self.store.page(
            kind,
            after=query.get("starting_after", ""),
            before=query.get("ending_before", ""),
            parent=parent,
            created=(low, high),
            limit=limit,
        )
        return 200, {"object": "list", "data": [self._shown(row, query, "data.") for row in rows], "has_more": has_more, "url": path}

    def _shown(self, row: Row, query: Form, prefix: str) -> Row:
        """Without our own notes, and with ids asked for in `expand` replaced by their objects."""
        shown = {name: value for name, value in row.items() if name not in HIDDEN}
        for name, asked in query.items():
            if re.fullmatch(r"expand\[\d*\]", name) and asked.startswith(prefix):
                self._expand(shown, asked.removeprefix(prefix))
        return shown

    def _expand(self, shown: Row, path: str) -> None:
        """`a.b` is the object `a` with its own `b` as an object."""
        field, _, rest = path.partition(".")
        inner = self.store.get(shown[field]) if isinstance(shown.get(field), str) else shown.get(field)
        if isinstance(inner, dict):
            shown[field] = inner
            if rest:
                self._expand(inner, rest)

    @contextmanager
    def alone(self, key: str) -> Iterator[None]:
        """One request per key at a time; a second one is refused while the first is being answered."""
        with self._lock:
            if key and key in self._running:
                raise Refusal("idempotency_key_in_use", 409, "idempotency_error")
            self._running.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(key)

    def write(self, path: str, form: Form, key: str, faults: set[str]) -> Answer:
        """Apply a POST once per key: its parameters, status and body are stored with what it did."""
        if not key:
            return self._apply(path, form)
        fingerprint = json.dumps([path, sorted(form.items())])
        with self.store.transaction():
            stored = self.store.all("SELECT * FROM answers WHERE key = ?", (key,))
            if stored:
                if stored[0]["fingerprint"] != fingerprint:
                    return error(400, "idempotency_key_reused", "idempotency_error")
                return stored[0]["status"], json.loads(stored[0]["body"])
            answer = error(500, "stored") if "error_stored" in faults else self._apply(path, form)
            if "error_after" in faults:
                answer = error(500, "after")
            if answer[0] != 429:
                values = (key, fingerprint, answer[0], json.dumps(answer[1]))
                self.store.run("INSERT INTO answers (key, fingerprint, status, body) VALUES (?, ?, ?, ?)", values)
        return answer

    def _apply(self, path: str, form: Form) -> Answer:
        try:
            with self.store.transaction():
                return 200, self._shown(self._act(*self._parts(path), form), form, "")
        except Refusal as refusal:
            return error(refusal.status, refusal.code, refusal.kind)

    def _act(self, noun: str, identity: str, action: str, form: Form) -> Row:
        books = self.books
        if not identity:
            made = {
                "checkout/sessions": books.open_session,
                "payment_intents": books.open_intent,
                "refunds": books.refund,
                "transfers": books.transfer,
                "accounts": books.open_account,
                "customers": books.open_customer,
            }.get(noun)
            if made is None:
                raise Refusal("unknown_address", 404)
            return made(form)
        done = {
            ("checkout/sessions", "expire"): lambda: books.expire_session(identity),
            ("payment_intents", "confirm"): lambda: books.confirm_intent(identity, form),
            ("payment_intents", "cancel"): lambda: books.cancel_intent(identity),
            ("disputes", ""): lambda: books.submit_evidence(identity, form),
            ("disputes", "close"): lambda: books.close_dispute(identity, "lost"),
        }.get((noun, action))
        if done is None:
            raise Refusal("unknown_address", 404)
        return done()

    def _parts(self, path: str) -> tuple[str, str, str]:
        match = ADDRESS.fullmatch(path)
        return (match[1], match[2] or "", match[3] or "") if match else ("", "", "")
