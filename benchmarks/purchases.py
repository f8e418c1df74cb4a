"""Guests who buy over HTTP as a browser does: product, cart, checkout, order, payment."""

import http.cookies
import re
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

SEE_OTHER = 303
BUYER = {
    "name": "Li Wei",
    "phone": "+86 138 0013 8000",
    "address": "1 West Lake Road",
    "city": "Hangzhou",
    "postcode": "310000",
    "country": "CN",
    "gateway": "sandbox",
}


@dataclass
class Browser:
    """One keep-alive connection with its cookies; reads forms the way a browser does."""

    base: str
    cookies: dict[str, str] = field(default_factory=dict)
    requests: int = 0

    def __post_init__(self) -> None:
        self.host = urlsplit(self.base).netloc
        self.connection = HTTPConnection(self.host, timeout=60)

    def send(self, method: str, path: str, form: dict[str, str] | None = None, extra: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, body and Location of one request; `extra` are further headers."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Accept-Language": "en", **(extra or {})}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.base + path, "Origin": self.base}
        self.connection.request(method, path, urlencode(form) if form is not None else None, headers)
        response = self.connection.getresponse()
        body = response.read().decode()
        for value in response.msg.get_all("Set-Cookie") or []:
            for name, morsel in http.cookies.SimpleCookie(value).items():
                self.cookies[name] = morsel.value
        self.requests += 1
        return response.status, body, response.headers.get("Location", "")

    def follow(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """The same, following redirects; the last item is the path that was reached."""
        status, body, location = self.send(method, path, form)
        while status in {301, 302, 303} and location:
            parts = urlsplit(location)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            status, body, location = self.send("GET", path)
        return status, body, path


def hidden_fields(body: str, action: str) -> dict[str, str]:
    """The hidden inputs of the form whose action begins with `action`."""
    for form in re.findall(r"<form\b.*?</form>", body, re.DOTALL):
        found = re.search(r'action="([^"]*)"', form)
        if found and found[1].startswith(action):
            inputs = re.findall(r"<input\b[^>]*>", form)
            pairs = [(attribute(tag, "name"), attribute(tag, "value")) for tag in inputs if 'type="hidden"' in tag]
            return {name: value for name, value in pairs if name}
    return {}


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


class Refused(Exception):
    """The shop said no: status and where."""


def buy(browser: Browser, slugs: Sequence[str], *, pay: bool = True) -> str:
    """One purchase of the given products, one of each; returns the path of the page it ended on.

    Raises:
        Refused: any step answered with a status of 400 or above.
    """
    for slug in slugs:
        _status, body, _path = _ok(browser.follow("GET", f"/p/{slug}/"))
        form = {**hidden_fields(body, "/cart/add/"), "quantity": "1"}
        form.setdefault("variant", next(iter(re.findall(r'name="variant"[^>]*value="([^"]+)"', body)), ""))
        _ok(browser.follow("POST", "/cart/add/", form))
    _ok(browser.follow("GET", "/cart/"))
    _status, body, _path = _ok(browser.follow("GET", "/checkout/"))
    details = {**hidden_fields(body, "/checkout/"), **BUYER, "email": f"{uuid.uuid4().hex[:12]}@example.com"}
    _status, body, path = _ok(browser.follow("POST", "/checkout/", details))
    return _pay(browser, body, path) if pay else path


def _pay(browser: Browser, body: str, path: str) -> str:
    if path.startswith("/pay/"):
        _status, body, path = _ok(browser.follow("POST", path, {**hidden_fields(body, "/pay/"), "gateway": "sandbox"}))
    return _ok(browser.follow("POST", path, {**hidden_fields(body, "/sandbox/"), "decision": "approve"}))[2]


def _ok(answer: tuple[int, str, str]) -> tuple[int, str, str]:
    if answer[0] >= 400:
        raise Refused(f"{answer[0]} at {answer[2]}")
    return answer


def put_in(browser: Browser, variant: str) -> None:
    """Press "Add to cart" as a browser with JavaScript does: the answer is the new count and not a whole page."""
    form = {"variant": variant, "quantity": "1", "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    _ok(browser.send("POST", "/cart/add/", form, {"HX-Request": "true"}))


def check_out(browser: Browser, *, gateway: str = "sandbox") -> str:
    """Look at the cart, fill the checkout form and place the order; the address of the provider's page the shop sends the buyer to."""
    _ok(browser.follow("GET", "/cart/"))
    _status, body, _path = _ok(browser.follow("GET", "/checkout/"))
    details = {**hidden_fields(body, "/checkout/"), **BUYER, "email": f"{uuid.uuid4().hex[:12]}@example.com", "gateway": gateway}
    answer = browser.send("POST", "/checkout/", details)
    if answer[0] != SEE_OTHER:
        raise Refused(f"{answer[0]} at /checkout/")
    return answer[2]


@dataclass
class Tally:
    """What buyers did: seconds of each finished piece of work, by its name."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)


class Buyer:
    """One visitor after the other; `goods` are variants. What a first page gives for forms is taken from one page beforehand."""

    def __init__(self, base: str, goods: Sequence[str], turn: int) -> None:
        self.base, self.goods, self.turn = base, goods, turn
        first = Browser(base)
        _ok(first.follow("GET", "/sign-in/"))
        self.cookies = {"csrftoken": first.cookies["csrftoken"]}

    def visit(self, size: int) -> tuple[Browser, list[str]]:
        """A new visitor and what they are going to buy."""
        self.turn += size
        return Browser(self.base, dict(self.cookies)), [self.goods[(self.turn + offset) % len(self.goods)] for offset in range(size)]

    def adds(self) -> dict[str, list[float]]:
        """Twenty goods into one cart, each timed."""
        browser, basket = self.visit(20)
        return {"add to cart": [_timed(put_in, browser, variant) for variant in basket]}

    def order(self) -> dict[str, list[float]]:
        """Three goods into the cart, the cart's page, the checkout's page, the order placed and the buyer sent to the provider."""
        return {"order placed": [_timed(self._order, *self.visit(3))]}

    def purchase(self) -> dict[str, list[float]]:
        """The same, then the practice provider's page, approved there, and back to the page that says thank you."""
        return {"whole purchase": [_timed(self._purchase, *self.visit(3))]}

    def _order(self, browser: Browser, basket: Sequence[str]) -> str:
        for variant in basket:
            put_in(browser, variant)
        return check_out(browser)

    def _purchase(self, browser: Browser, basket: Sequence[str]) -> str:
        _status, body, path = _ok(browser.follow("GET", urlsplit(self._order(browser, basket)).path))
        return _pay(browser, body, path)


def _timed(work: Callable[..., object], *arguments: object) -> float:
    started = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - started


def run(base: str, goods: Sequence[str], work: str, *, seconds: float, buyers: int) -> tuple[Tally, float]:
    """Buyers who do one kind of `Buyer` work over and over until the time is over; the tally and the seconds it took."""
    tally, lock, started = Tally(), threading.Lock(), time.perf_counter()

    def shop(number: int) -> None:
        buyer = Buyer(base, goods, number * len(goods) // buyers)
        while time.perf_counter() - started < seconds:
            done: dict[str, list[float]] = {}
            try:
                done, failure = getattr(buyer, work)(), ""
            except (Refused, OSError, KeyError) as error:
                failure = repr(error)
            with lock:
                for name, times in done.items():
                    tally.seconds.setdefault(name, []).extend(times)
                tally.failures += [failure] if failure else []

    threads = [threading.Thread(target=shop, args=(number,)) for number in range(buyers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally, time.perf_counter() - started
