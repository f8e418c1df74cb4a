"""The provider double as a test holds it: start, kill, restart, move its knobs, be its shopper and bank, ask what was really charged."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.provider_double.messages import signature
from tests.provider_double.server import KEY

ROOT = Path(__file__).resolve().parents[2]
SECRET = "whsec_new"
OLD_SECRET = "whsec_old"
Row = dict[str, Any]

__all__ = ["KEY", "OLD_SECRET", "SECRET", "ProviderDouble"]


class ProviderDouble:
    """One provider, whose process may die and come back under the same address with the same memory."""

    def __init__(self, state: Path, *, seed: int = 0, port: int = 0) -> None:
        self.state = state
        self.seed = seed
        self.port = port
        self.process: subprocess.Popen[str] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> ProviderDouble:
        command = [sys.executable, "-m", "tests.provider_double", "--state", str(self.state), "--seed", str(self.seed)]
        command += ["--port", str(self.port), "--until-stdin-closes"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_plain_environment()
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), "the provider double did not start"
        self.port = int(line.rsplit(":", 1)[1])
        return self

    def kill(self) -> None:
        """As a power cut: no handler of its runs."""
        process, self.process = self.process, None
        assert process is not None
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def restart(self) -> None:
        if self.process is not None:
            self.kill()
        self.start()

    # Knobs

    def turn(self, knob: str, **how: Any) -> None:
        """Switch a fault on: `chance`, `times`, `path` (prefix), `method`, `seconds`, `copies`; see tests.provider_double.faults."""
        self.ask("knobs", {knob: how})

    def clear(self, *knobs: str) -> None:
        self.ask("knobs", dict.fromkeys(knobs))

    def release(self) -> None:
        """Whoever waits on `delay` or `hang` goes on at once."""
        self.ask("release", {})

    def reset(self) -> None:
        """Forget everything that ever happened, and every knob."""
        self.ask("reset", {})

    def deliver_to(self, url: str, secret: str = SECRET) -> None:
        """Send every event from now on there; an empty address stops it."""
        self.ask("webhook", {"url": url, "secret": secret})

    # The shopper and the bank

    def pay(self, identity: str) -> Row:
        """The money of a session or intent comes in."""
        return self.ask(f"pay/{identity}", {})

    def submit(self, identity: str) -> Row:
        """The shopper promised a bank transfer; `pay` or `decline` is its end."""
        return self.ask(f"submit/{identity}", {})

    def decline(self, identity: str) -> Row:
        return self.ask(f"decline/{identity}", {})

    def expire(self, identity: str) -> Row:
        return self.ask(f"expire/{identity}", {})

    def settle_refund(self, identity: str, status: str) -> Row:
        return self.ask(f"refund/{identity}", {"status": status})

    def dispute(self, attempt_id: object, *, amount: int | None = None, reason: str = "fraudulent") -> Row:
        """The bank of the shopper who paid this attempt takes money back."""
        intent = self.charges(attempt_id=attempt_id)[-1]["payment_intent"]
        return self.ask("dispute", {"payment_intent": intent, "amount": amount, "reason": reason})

    def close_dispute(self, identity: str, status: str) -> Row:
        return self.ask(f"close/{identity}", {"status": status})

    def account(self) -> str:
        """A merchant's account at the provider, to be paid to."""
        identity: str = self.ask("account", {})["id"]
        return identity

    def change(self, identity: str, **fields: Any) -> Row:
        """Make an object another than it was, as a mistake or an attack at the provider would."""
        return self.ask(f"change/{identity}", fields)

    def forget(self, identity: str) -> None:
        """As if the provider had never heard of it."""
        self.ask(f"forget/{identity}", {})

    # The oracle

    def rows(self, kind: str, **conditions: object) -> list[Row]:
        """Objects of a kind, oldest first; `parent`, `attempt_id` and `reference` narrow them."""
        query = urlencode({name: str(value) for name, value in conditions.items() if value})
        return self.ask(f"rows/{kind}?{query}")

    def sessions(self, **conditions: object) -> list[Row]:
        return self.rows("checkout.session", **conditions)

    def charges(self, **conditions: object) -> list[Row]:
        """What was really collected, of everybody or of one `attempt_id` or `reference` (the purchase)."""
        return self.rows("charge", **conditions)

    def refunds(self, **conditions: object) -> list[Row]:
        """What really went back; pending counts, failed does not."""
        return [row for row in self.rows("refund", **conditions) if row["status"] != "failed"]

    def calls(self, method: str = "", path: str = "") -> list[Row]:
        """Requests that arrived at the API, with the faults that struck them."""
        return [row for row in self.ask("calls") if row["path"].startswith(path) and method in {"", row["method"]}]

    def answers(self) -> list[Row]:
        """Idempotency keys with the status stored for each."""
        return self.ask("answers")

    def deliveries(self) -> list[Row]:
        return self.ask("deliveries")

    def message(
        self, identity: str, kind: str = "", *, secret: str = SECRET, age_seconds: int = 0, **changes: Any
    ) -> tuple[dict[str, str], bytes]:
        """Headers and body of a genuine message about an object: the last event of that kind, or one about how it is now."""
        events = [row for row in self.rows("event", parent=identity) if kind in {"", row["type"]}]
        event = events[-1] if events else self._event_about(identity, kind)
        body = json.dumps(event | changes).encode()
        return {"Stripe-Signature": signature(body, secret, int(time.time()) - age_seconds)}, body

    def _event_about(self, identity: str, kind: str) -> Row:
        noun = {"cs": "checkout.session", "pi": "payment_intent", "re": "refund", "dp": "dispute"}[identity.partition("_")[0]]
        about = next(row for row in self.rows(noun) if row["id"] == identity)
        return {
            "id": f"evt_{identity}{kind}",
            "object": "event",
            "type": kind or f"{noun}.updated",
            "livemode": about["livemode"],
            "data": {"object": about},
        }

    def ask(self, words: str, data: Any = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(f"{self.base}/_double/{words}", data=body), timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"the provider double refused {words}: {error.read().decode()}") from error


def _plain_environment() -> dict[str, str]:
    """Nothing of the shop's settings or the test run's coverage reaches the stranger."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV") if name in os.environ}
