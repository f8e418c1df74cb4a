import json
import os
import time

import pytest
import stripe
from pytest_django import Settings

from payments.gateways import available_gateways, sandbox, sandbox_books
from payments.models import PaymentAttempt, SandboxPayment, SandboxRefund
from tests.factories.payments import answer, sandbox_payment
from tests.payments.gateway_contract import GatewayContract
from tests.provider_double.client import KEY, SECRET, ProviderDouble
from tests.provider_double.messages import signature

STRIPE = "https://api.stripe.com"
TEST_MODE_KEY = os.environ.get("STRIPE_TEST_SECRET_KEY", "")


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


class IntentsSide:
    """Payment intents, moved through the API itself: by the double, or by Stripe in test mode."""

    code = "stripe"

    def __init__(self, key: str, base: str) -> None:
        self.client = stripe.StripeClient(key, base_addresses={"api": base})

    def approve(self, attempt: PaymentAttempt) -> None:
        self.client.v1.payment_intents.confirm(
            attempt.provider_id, params={"payment_method": "pm_card_visa", "return_url": attempt.return_url}
        )

    def decline(self, attempt: PaymentAttempt) -> None:
        self.client.v1.payment_intents.cancel(attempt.provider_id)

    def webhook(self, attempt: PaymentAttempt) -> tuple[dict[str, str], bytes]:
        about = self.client.v1.payment_intents.retrieve(attempt.provider_id).to_dict()
        event = {"id": f"evt_{attempt.pk.hex}", "type": "payment_intent.succeeded", "livemode": False, "data": {"object": about}}
        body = json.dumps(event, default=str).encode()
        return {"Stripe-Signature": signature(body, SECRET, int(time.time()))}, body

    def payments(self) -> int:
        return len(self._ours())

    def refunded_minor(self) -> int:
        return sum(refund.amount for row in self._ours() for refund in self.client.v1.refunds.list(params={"payment_intent": row.id}).data)

    def _ours(self) -> list[stripe.PaymentIntent]:
        ours = {str(pk) for pk in PaymentAttempt.objects.values_list("pk", flat=True)}
        since = int(min(PaymentAttempt.objects.values_list("created_at", flat=True)).timestamp()) - 60
        rows = self.client.v1.payment_intents.list(params={"created": {"gte": since}, "limit": 100}).auto_paging_iter()
        return [row for row in rows if getattr(row.metadata, "attempt_id", "") in ours]


class TestSandbox(GatewayContract):
    @pytest.fixture
    def provider(self) -> SandboxSide:
        return SandboxSide()


class TestStripe(GatewayContract):
    @pytest.fixture
    def provider(self, stripe_double: ProviderDouble) -> StripeSide:
        return StripeSide(stripe_double)


class TestStripeIntents(GatewayContract):
    @pytest.fixture
    def provider(self, stripe_double: ProviderDouble, settings: Settings) -> IntentsSide:
        settings.STRIPE_MODE, settings.STRIPE_PUBLISHABLE_KEY = "payment_intents", "pk_test_double"
        return IntentsSide(KEY, stripe_double.base)


@pytest.mark.skipif(not TEST_MODE_KEY, reason="STRIPE_TEST_SECRET_KEY is not set, so there is no real Stripe to ask")
class TestStripeTestMode(GatewayContract):
    """The same against Stripe itself, where no real money moves. Hosted pages need a person, so this pays intents."""

    @pytest.fixture
    def provider(self, settings: Settings) -> IntentsSide:
        settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRETS = TEST_MODE_KEY, [SECRET]
        settings.STRIPE_API_BASE = STRIPE
        settings.STRIPE_MODE, settings.STRIPE_PUBLISHABLE_KEY = "payment_intents", "pk_test_unused"
        settings.STRIPE_PAYMENT_METHODS = ["card"]
        return IntentsSide(TEST_MODE_KEY, STRIPE)


def test_without_a_key_stripe_is_not_offered(settings: Settings) -> None:
    settings.STRIPE_SECRET_KEY = ""

    assert [gateway.code for gateway in available_gateways()] == ["sandbox"]


def test_practice_payments_can_be_switched_off(settings: Settings) -> None:
    settings.SANDBOX_GATEWAY = False

    assert available_gateways() == []
