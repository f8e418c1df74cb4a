"""What must not happen in a browser while somebody shops: script errors, broken requests, breaches of the content policy."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

# The browser's own word for "the page was left before this had come in".
LEFT_BEHIND = "net::ERR_ABORTED"
REPORT_BREACHES = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`content policy: ${event.violatedDirective} forbids ${event.blockedURI}`));
"""


class Watch:
    """Collects what went wrong in a browser context. `expect` names answers a journey provokes on purpose."""

    def __init__(self, context: BrowserContext) -> None:
        self.problems: list[str] = []
        self.expected: set[int] = set()
        context.add_init_script(REPORT_BREACHES)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"script error: {error.error}"))
        context.on("requestfailed", self._failed)
        context.on("response", self._response)

    @contextmanager
    def expect(self, status: int) -> Iterator[None]:
        """Inside, answers with this status are what the journey is about."""
        self.expected.add(status)
        yield
        self.expected.discard(status)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type != "error" or any(f"status of {status}" in message.text for status in self.expected):
            return
        self.problems.append(f"console: {message.text} ({message.location.get('url')})")

    def _failed(self, request: Request) -> None:
        if request.failure != LEFT_BEHIND:
            self.problems.append(f"request failed: {request.method} {request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.problems.append(f"{response.status} for {response.request.method} {response.url}")
