"""Knobs: what goes wrong, how often, where. The same seed strikes the same requests, also after a kill.

On requests: `delay` (seconds, before applying), `drop_before` and `error_before` (not applied), `error_stored` (not applied, the 500 is
replayed for the key), `drop_after` (applied, no answer), `error_after` (applied, the 500 is replayed for the key), `hang` (applied, no
answer until a knob is cleared), `rate_limit` (429). On payments: `wrong_amount`, `wrong_currency`, `wrong_livemode`, `refund_pending`.
On messages: `duplicate` (copies), `reorder` (up to `seconds` late), `lose`, `forge` (one more with a wrong signature).
"""

from __future__ import annotations

import random
import threading
import time
from typing import Any

from tests.provider_double.store import Store

REQUEST = ("delay", "hang", "drop_before", "error_before", "error_stored", "rate_limit", "drop_after", "error_after")
PAYMENT = ("wrong_amount", "wrong_currency", "wrong_livemode", "refund_pending", "balance_checked")
MESSAGE = ("duplicate", "reorder", "lose", "forge")
KNOBS = frozenset({*REQUEST, *PAYMENT, *MESSAGE})


class Faults:
    def __init__(self, store: Store, seed: int) -> None:
        self._store = store
        self._seed = seed
        self._changed = threading.Condition()
        self._releases = 0
        self._knobs: dict[str, dict[str, Any]] = store.setting("knobs") or {}

    def turn(self, knobs: dict[str, dict[str, Any] | None]) -> None:
        """Set knobs to `{"chance", "times", "path", "method", "seconds", "copies"}`, all optional, or clear them with None."""
        if unknown := set(knobs) - KNOBS:
            raise ValueError(f"no such knob: {sorted(unknown)}")
        with self._changed:
            self._knobs = {name: value for name, value in (self._knobs | knobs).items() if value is not None}
            self._store.set("knobs", self._knobs)
            if None in knobs.values():
                self._releases += 1
            self._changed.notify_all()

    def forget(self) -> None:
        self.turn(dict.fromkeys(KNOBS))

    def strikes(self, name: str, serial: int, method: str = "", path: str = "") -> bool:
        """Whether the knob strikes request or message number `serial`; uses up one of its times where it has a number of them."""
        with self._changed:
            knob = self._knobs.get(name)
            if knob is None or not path.startswith(knob.get("path", "")) or knob.get("method", method) != method:
                return False
            if random.Random(f"{self._seed}:{name}:{serial}").random() >= knob.get("chance", 1.0):
                return False
            if knob.get("times") is not None:
                knob["times"] -= 1
                if not knob["times"]:
                    del self._knobs[name]
                self._store.set("knobs", self._knobs)
            return True

    def value(self, name: str, what: str, default: float) -> float:
        return float(self._knobs.get(name, {}).get(what, default))

    def wait(self, seconds: float) -> None:
        """Wait that long, or until knobs are released or cleared."""
        deadline = time.monotonic() + seconds
        with self._changed:
            releases = self._releases
            while self._releases == releases and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)

    def release(self) -> None:
        """Let everybody go on who waits on a knob."""
        with self._changed:
            self._releases += 1
            self._changed.notify_all()
