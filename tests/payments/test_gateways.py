import time

import pytest
from pytest_django import Settings

from payments.gateways import available_gateways, sandbox, sandbox_books
from payments.models import PaymentAttempt, SandboxPayment, SandboxRefund
from tests.factories.payments import answer, sandbox_payment
from tests.payments.gateway_contract import GatewayContract
from tests.provider_double.client import ProviderDouble


class SandboxSide:
    code = "sandbox"

    def approve(self, attempt: PaymentAttempt) -> None:
        answer(attempt, "lose")

    def decline(self, attempt: PaymentAttempt) -> None:
        answer(attempt, "decline")

    def webhook(self, attempt: PaymentAttempt) -> tuple[dict[str, str], bytes]:
        body = sandbox_books.notice_body(sandbox_payment(attempt))
        return {sandbox.SIGNATURE_HEADER: sandbox.sign(body, moment=int(time.time()))}, body

    def payments(self) -> int:
        return SandboxPayment.objects.count()

    def refunded_minor(self) -> int:
        return sum(SandboxRefund.objects.values_list("amount_minor", flat=True))


class StripeSide:
    code = "stripe"

    def __init__(self, double: ProviderDouble) -> None:
        self.double = double

    def approve(self, attempt: PaymentAttempt) -> None:
        self.double.pay(attempt.provider_id)

    def decline(self, attempt: PaymentAttempt) -> None:
        self.double.expire(attempt.provider_id)

    def webhook(self, attempt: PaymentAttempt) -> tuple[dict[str, str], bytes]:
        return self.double.message(attempt.provider_id)

    def payments(self) -> int:
        return len(self.double.sessions())

    def refunded_minor(self) -> int:
        return sum(row["amount"] for row in self.double.refunds())


class TestSandbox(GatewayContract):
    @pytest.fixture
    def provider(self) -> SandboxSide:
        return SandboxSide()


class TestStripe(GatewayContract):
    @pytest.fixture
    def provider(self, stripe_double: ProviderDouble) -> StripeSide:
        return StripeSide(stripe_double)


def test_without_a_key_stripe_is_not_offered(settings: Settings) -> None:
    settings.STRIPE_SECRET_KEY = ""

    assert [gateway.code for gateway in available_gateways()] == ["sandbox"]


def test_practice_payments_can_be_switched_off(settings: Settings) -> None:
    settings.SANDBOX_GATEWAY = False

    assert available_gateways() == []
