"""pytest fixtures: one process for a whole run, empty before each test."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from payments.gateways.stripe_client import CIRCUIT
from tests.provider_double.client import KEY, OLD_SECRET, SECRET, ProviderDouble

if TYPE_CHECKING:
    from pytest_django import Settings


@pytest.fixture(scope="session")
def _provider_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProviderDouble]:
    double = ProviderDouble(tmp_path_factory.mktemp("provider") / "state.sqlite").start()
    yield double
    double.kill()


@pytest.fixture
def provider_double(_provider_process: ProviderDouble) -> Iterator[ProviderDouble]:
    """The provider, with nothing in its memory."""
    double = _provider_process
    if double.process is None or double.process.poll() is not None:
        double.restart()
    double.reset()
    yield double
    if double.process is not None and double.process.poll() is None:
        double.reset()  # nobody waits on a knob, nothing more is delivered


@pytest.fixture
def stripe_double(provider_double: ProviderDouble, settings: "Settings") -> ProviderDouble:
    """The shop's Stripe gateway speaks to the double."""
    settings.STRIPE_SECRET_KEY = KEY
    settings.STRIPE_WEBHOOK_SECRETS = [OLD_SECRET, SECRET]
    settings.STRIPE_API_BASE = provider_double.base
    CIRCUIT.reset()
    return provider_double
