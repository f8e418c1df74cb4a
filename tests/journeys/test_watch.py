"""The watch over the journeys sees what it is there for."""

from __future__ import annotations

import pytest

from tests.journeys.shopper import Shopper

pytestmark = pytest.mark.browser
INLINE_SCRIPT = "document.head.append(Object.assign(document.createElement('script'), {textContent: 'window.isHere = true'}))"


def test_errors_broken_requests_and_breaches_of_the_content_policy_are_seen(shopper: Shopper) -> None:
    shopper.page.goto("/help/")
    assert shopper.watch.problems == []

    shopper.page.evaluate("console.error('sand in the gears')")
    shopper.page.evaluate(INLINE_SCRIPT)
    shopper.page.evaluate("fetch('/nothing-here/').then((answer) => answer.text())")

    seen = "\n".join(shopper.watch.problems)
    shopper.watch.problems.clear()
    assert shopper.page.evaluate("window.isHere") is None
    for trace in ("sand in the gears", "content policy: script-src-elem", "404 for GET"):
        assert trace in seen
