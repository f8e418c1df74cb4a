"""Events and their delivery: signed as Stripe signs them, tried again with growing gaps until somebody answers 2xx."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import threading
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.provider_double.faults import Faults
from tests.provider_double.store import Row, Store

GAPS = (0.5, 1, 2, 4, 8, 15, 30, 60)
POSTMEN = 32  # as a provider: who is slow to take a message keeps few others waiting
FORGED_SECRET = "whsec_somebody_elses"


def signature(body: bytes, secret: str, moment: int) -> str:
    """The `Stripe-Signature` header of a body sent at that Unix second."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


class Messages:
    """Writes an event in the transaction of the change it is about; threads deliver what is due."""

    def __init__(self, store: Store, faults: Faults) -> None:
        self._store = store
        self._faults = faults
        self._bell = threading.Condition()
        self._on_the_way: set[int] = set()
        self._postmen = ThreadPoolExecutor(POSTMEN, thread_name_prefix="postman")
        threading.Thread(target=self._deliver_for_ever, daemon=True).start()

    def emit(self, kind: str, about: Row) -> Row:
        """An event about an object as it is now, to be delivered where somebody listens."""
        event = self._store.add("evt", "event", about["id"], type=kind, livemode=about["livemode"], data={"object": about})
        target = self._store.setting("webhook")
        if target is not None:
            self._queue(event, target["secret"])
        return event

    def _queue(self, event: Row, secret: str) -> None:
        serial, now = int(event["id"][4:12], 16), time.time()
        if self._faults.strikes("lose", serial):
            return
        copies = 1
        if self._faults.strikes("duplicate", serial):
            copies += int(self._faults.value("duplicate", "copies", 1))
        late = random.random() * self._faults.value("reorder", "seconds", 2) if self._faults.strikes("reorder", serial) else 0
        for _ in range(copies):
            self._post(event, secret, now + late)
        if self._faults.strikes("forge", serial):
            self._post(event | {"id": f"evt_forged{serial}"}, FORGED_SECRET, now)

    def _post(self, event: Row, secret: str, due: float) -> None:
        values = (event["id"], json.dumps(event), secret, due)
        self._store.run("INSERT INTO deliveries (event, body, secret, due) VALUES (?, ?, ?, ?)", values)
        with self._bell:
            self._bell.notify()

    def ring(self) -> None:
        """Something may be due."""
        with self._bell:
            self._bell.notify()

    def _deliver_for_ever(self) -> None:
        while True:
            target = self._store.setting("webhook")
            due = self._due() if target else []
            for row in due:
                self._on_the_way.add(row["seq"])
                self._postmen.submit(self._deliver, row, target["url"])
            if not due:
                with self._bell:
                    self._bell.wait(0.1)

    def _due(self) -> list[Any]:
        rows = self._store.all("SELECT * FROM deliveries WHERE done = 0 AND due <= ? ORDER BY due LIMIT ?", (time.time(), 2 * POSTMEN))
        return [row for row in rows if row["seq"] not in self._on_the_way][: POSTMEN - len(self._on_the_way)]

    def _deliver(self, row: Any, url: str) -> None:
        try:
            self._hand_over(row, url)
        finally:
            self._on_the_way.discard(row["seq"])
            self.ring()

    def _hand_over(self, row: Any, url: str) -> None:
        status = post_signed(url, row["body"].encode(), row["secret"])
        is_done = 200 <= status < 300 or row["secret"] == FORGED_SECRET
        gap = GAPS[min(row["tries"], len(GAPS) - 1)]
        with self._store.transaction():
            self._store.run(
                "UPDATE deliveries SET tries = tries + 1, status = ?, done = ?, due = ? WHERE seq = ?",
                (status, is_done, time.time() + gap, row["seq"]),
            )


def post_signed(url: str, body: bytes, secret: str) -> int:
    """Deliver one message; the status of the answer, 0 where there was none."""
    headers = {"Content-Type": "application/json", "Stripe-Signature": signature(body, secret, int(time.time()))}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=body, headers=headers), timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
