"""People who buy over HTTP and go on where they were when a page breaks off, as people do."""

from __future__ import annotations

import random
import threading
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from benchmarks.purchases import BUYER, Browser, Refused, hidden_fields

Answer = tuple[int, str, str]
BROKEN = (OSError, HTTPException)
MOST_TRIES = 60
PAUSE = 0.5
SEE_OTHER = {302, 303}


@dataclass
class Tally:
    """What the crowd met, counted under a lock."""

    placed: int = 0
    paid: int = 0
    gave_up: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    crashes: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, name: str, by: int = 1) -> None:
        with self.lock:
            setattr(self, name, getattr(self, name) + by)

    def note_status(self, status: int, path: str) -> None:
        with self.lock:
            self.statuses[f"{status}"] += 1
            if status == 500:
                self.crashes.append(path)


@dataclass
class Shopper:
    """One person with a will of their own (`rng`), one purchase after the other."""

    address: str
    slugs: Sequence[str]
    rng: random.Random
    tally: Tally
    is_over: threading.Event

    def shop(self) -> None:
        while not self.is_over.is_set():
            try:
                self._buy()
            except (Refused, *BROKEN):
                self.tally.note("gave_up")

    def _buy(self) -> None:
        self.browser = Browser(self.address)
        for slug in self._basket():
            _, body, _ = self._ask("GET", f"/p/{slug}/")
            self._ask("POST", "/cart/add/", {**hidden_fields(body, "/cart/add/"), "quantity": "1"})
        status, body, path = self._ask("GET", "/checkout/")
        if not path.startswith("/checkout/"):
            return
        gateway = self.rng.choices(["stripe", "sandbox"], [7, 3])[0]
        form = {**hidden_fields(body, "/checkout/"), **BUYER, "email": f"{uuid.uuid4().hex[:12]}@example.com", "gateway": gateway}
        status, body, target = self._ask("POST", "/checkout/", form, stay=True)
        if status not in SEE_OTHER:
            return  # sold out, or another price: the page said so
        self.tally.note("placed")
        self._pay(target, gateway)

    def _basket(self) -> list[str]:
        """Everybody wants the first few things."""
        hot = self.rng.random() < 0.2
        return self.rng.sample(self.slugs[:5] if hot else self.slugs, self.rng.choice([1, 1, 2, 3]))

    def _pay(self, target: str, gateway: str) -> None:
        """On the provider's page; some decline and try again, some never come back, some never pay."""
        mood = self.rng.choices(["pay", "decline", "pay and leave", "leave"], [80, 6, 10, 4])[0]
        for _ in range(8):
            if mood == "leave":
                return
            if target.startswith("/pay/"):
                target = self._start_again(target, gateway)
                continue
            if not target.startswith(("/sandbox/", "http")):
                self.tally.note("paid")  # where the shop leads whoever has paid
                return
            back = self._decide(target, "decline" if mood == "decline" else "approve")
            if mood == "pay and leave":
                return
            mood, target = "pay", self._ask("GET", back)[2]

    def _start_again(self, page: str, gateway: str) -> str:
        """The shop's own page of the unpaid purchase."""
        self.is_over.wait(PAUSE)
        path = "/pay/" + page.split("/")[2] + "/"
        status, body, reached = self._ask("GET", path)
        if not reached.startswith("/pay/"):
            return reached if status in SEE_OTHER else path
        status, _, target = self._ask("POST", path, {**hidden_fields(body, "/pay/"), "gateway": gateway}, stay=True)
        return target if status in SEE_OTHER else path

    def _decide(self, target: str, decision: str) -> str:
        """The shopper's answer at the provider; the path that leads back to the shop."""
        if target.startswith("/sandbox/"):
            _, body, _ = self._ask("GET", target)
            _, _, back = self._ask("POST", target, {**hidden_fields(body, "/sandbox/"), "decision": decision}, stay=True)
            return _path(back) or target
        return _path(self._patiently(lambda: _press(target, decision)) or "") or "/"

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None, *, stay: bool = False) -> Answer:
        """One page, asked for again while the shop is away; `stay` does not follow redirects, whose target is then the last item.

        Raises:
            Refused: the shop said no, with any status from 400 but 503, which says "in a moment".
        """

        def once() -> Answer | None:
            try:
                answer = self.browser.send(method, path, form) if stay else self.browser.follow(method, path, form)
            except BROKEN:
                self.browser.connection.close()
                raise
            self.tally.note_status(answer[0], path)
            return None if answer[0] == 503 else answer

        status, body, target = self._patiently(once)
        if status >= 400 and status not in {409, 422}:
            raise Refused(f"{status} at {path}")
        return status, body, _path(target) if target.startswith(self.address) else target

    def _patiently(self, once: Callable[[], Any]) -> Any:
        for _ in range(MOST_TRIES):
            try:
                if (answer := once()) is not None:
                    return answer
            except BROKEN:
                pass
            threading.Event().wait(PAUSE)
        raise Refused("the shop stayed away")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """The provider's redirect leads back to the shop, which the browser opens itself."""


_opener = urllib.request.build_opener(_Stay)


def _press(url: str, decision: str) -> str:
    try:
        with _opener.open(urllib.request.Request(url, data=f"decision={decision}".encode()), timeout=20) as answer:
            return str(answer.headers.get("Location", ""))
    except urllib.error.HTTPError as error:
        if error.code in SEE_OTHER:
            return str(error.headers.get("Location", ""))
        if error.code >= 500:
            raise OSError("the provider is away") from error
        return "/"


def _path(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")
