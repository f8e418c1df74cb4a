"""Shoppers with a browser of their own each; what their browsers complained about fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.shopper import Shopper

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django import Settings

COMPUTER: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 1}
LOCALES = {"en": "en-US", "zh-hans": "zh-CN"}
MakeShopper = Callable[..., Any]
# How long a busy machine may take for a page; nothing waits longer than it has to.
PATIENCE_MS = 60_000


@pytest.fixture
def new_shopper(browser: Browser, shop_server: str, settings: Settings) -> Iterator[MakeShopper]:
    """Make a person with a fresh browser: `new_shopper("zh-hans", **PHONE)`, `new_shopper(kind=Seller)`."""
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE_MS)
    settings.SITE_URL = shop_server  # mails are written by the test, in the worker's place
    shoppers: list[Shopper] = []

    def make(language: str = "en", kind: type[Shopper] = Shopper, **options: Any) -> Shopper:
        context = browser.new_context(base_url=shop_server, locale=LOCALES[language], **{**COMPUTER, **options})
        context.set_default_timeout(PATIENCE_MS)
        shoppers.append(kind(context, language))
        return shoppers[-1]

    yield make
    problems = [problem for shopper in shoppers for problem in shopper.watch.problems]
    for shopper in shoppers:
        shopper.context.close()
    assert problems == []


@pytest.fixture
def shopper(new_shopper: MakeShopper) -> Shopper:
    """A shopper with an English browser on a computer."""
    someone: Shopper = new_shopper()
    return someone
