"""What every gateway must do, whatever provider is behind it. test_gateways.py runs it once per gateway."""

from __future__ import annotations

from typing import Protocol

import pytest
from django.utils import timezone

from core import invariants
from core.ids import uuid7
from payments import selectors
from payments.errors import InvalidSignature
from payments.gateways import gateway
from payments.gateways.base import NotAtProvider, Outcome, Refused
from payments.models import InboxMessage, PaymentAttempt, Refund
from payments.services import attempts, inbox, refunds
from payments.states import Subject
from tests.factories.payments import start

now = timezone.now


class Provider(Protocol):
    """The provider's side of a gateway, as a test moves it."""

    code: str

    def approve(self, attempt: PaymentAttempt) -> None: ...
    def decline(self, attempt: PaymentAttempt) -> None: ...
    def webhook(self, attempt: PaymentAttempt) -> tuple[dict[str, str], bytes]: ...
    def payments(self) -> int: ...
    def refunded_minor(self) -> int: ...


@pytest.mark.django_db
class GatewayContract:
    def paid(self, provider: Provider, **overrides: object) -> PaymentAttempt:
        attempt = start(gateway=provider.code, **overrides)
        provider.approve(attempt)
        return attempts.refresh_attempt(attempt_id=attempt.pk, at=now())

    def test_it_says_who_it_is(self, provider: Provider) -> None:
        assert gateway(provider.code).code == provider.code
        assert str(gateway(provider.code).label)
        assert gateway(provider.code).is_available()

    def test_it_opens_a_payment_and_says_where_to_go(self, provider: Provider) -> None:
        attempt = start(gateway=provider.code)

        seen = gateway(provider.code).fetch(attempt)

        assert attempt.redirect_url
        assert (seen.provider_id, seen.status) == (attempt.provider_id, Outcome.OPEN)
        assert (seen.amount_minor, seen.currency, seen.reference) == (10_000, "USD", str(attempt.pk))

    def test_opening_again_with_the_same_key_opens_nothing(self, provider: Provider) -> None:
        attempt = start(gateway=provider.code)

        again = gateway(provider.code).create(attempt)

        assert again.provider_id == attempt.provider_id
        assert provider.payments() == 1

    def test_the_same_key_for_another_sum_is_refused(self, provider: Provider) -> None:
        attempt = start(gateway=provider.code)
        attempt.amount_minor = 20_000

        with pytest.raises(Refused):
            gateway(provider.code).create(attempt)

        assert provider.payments() == 1

    def test_a_payment_whose_id_was_lost_is_found(self, provider: Provider) -> None:
        attempt = start(gateway=provider.code)
        provider_id, attempt.provider_id = attempt.provider_id, ""

        assert gateway(provider.code).fetch(attempt).provider_id == provider_id

    def test_a_payment_that_never_arrived_is_not_at_the_provider(self, provider: Provider) -> None:
        attempt = start(gateway=provider.code)
        stranger = PaymentAttempt(id=uuid7(), created_at=attempt.created_at, gateway=provider.code, idempotency_key="nobody")

        with pytest.raises(NotAtProvider):
            gateway(provider.code).fetch(stranger)

    def test_an_approved_payment_succeeds_with_sum_currency_and_reference(self, provider: Provider) -> None:
        attempt = start(gateway=provider.code)
        provider.approve(attempt)

        seen = gateway(provider.code).fetch(attempt)

        assert (seen.status, seen.amount_minor, seen.currency, seen.reference) == (Outcome.SUCCEEDED, 10_000, "USD", str(attempt.pk))

    def test_a_declined_payment_fails_with_a_code(self, provider: Provider) -> None:
        attempt = start(gateway=provider.code)
        provider.decline(attempt)

        seen = gateway(provider.code).fetch(attempt)

        assert seen.status == Outcome.FAILED
        assert seen.failure_code

    @pytest.mark.parametrize(("currency", "minor"), [("JPY", 1_500), ("KRW", 20_000), ("KWD", 12_340)])
    def test_sums_without_and_with_three_decimals_arrive_as_they_are(self, provider: Provider, currency: str, minor: int) -> None:
        paid = self.paid(provider, currency=currency, amount_minor=minor)

        assert (paid.status, paid.failure_code) == ("succeeded", "")
        assert selectors.provider_clearing(paid.reference) == -minor

    def test_an_open_payment_can_be_closed(self, provider: Provider) -> None:
        attempt = start(gateway=provider.code)

        assert gateway(provider.code).cancel(attempt).status == Outcome.FAILED
        assert gateway(provider.code).cancel(attempt).status == Outcome.FAILED

    def test_a_paid_one_cannot_be_closed(self, provider: Provider) -> None:
        attempt = start(gateway=provider.code)
        provider.approve(attempt)

        assert gateway(provider.code).cancel(attempt).status == Outcome.SUCCEEDED

    def test_a_refund_is_paid_once_per_key_and_found_without_its_id(self, provider: Provider) -> None:
        refund = self.refund(self.paid(provider), 2_500)

        first = gateway(provider.code).refund(refund)
        again = gateway(provider.code).refund(refund)
        found = gateway(provider.code).fetch_refund(refund)

        assert first.provider_id == again.provider_id == found.provider_id
        assert (found.status, found.amount_minor, found.currency) == (Outcome.SUCCEEDED, 2_500, "USD")
        assert provider.refunded_minor() == 2_500

    def test_a_refund_nobody_sent_is_not_at_the_provider(self, provider: Provider) -> None:
        with pytest.raises(NotAtProvider):
            gateway(provider.code).fetch_refund(self.refund(self.paid(provider), 2_500))

    def test_more_than_was_paid_is_not_refunded(self, provider: Provider) -> None:
        paid = self.paid(provider)
        refund = self.refund(paid, 6_000)
        too_much = self.refund(paid, 4_000)
        too_much.amount_minor = 4_001
        gateway(provider.code).refund(refund)

        with pytest.raises(Refused):
            gateway(provider.code).refund(too_much)

        assert provider.refunded_minor() == 6_000

    def test_its_webhook_names_the_payment(self, provider: Provider) -> None:
        attempt = start(gateway=provider.code)
        provider.approve(attempt)

        event = gateway(provider.code).read_webhook(*provider.webhook(attempt))

        assert (event.subject, event.object_id, event.attempt_id) == (Subject.PAYMENT, attempt.provider_id, attempt.pk)
        assert event.event_id
        assert event.problem == ""

    def test_a_webhook_with_one_byte_changed_is_refused(self, provider: Provider) -> None:
        attempt = start(gateway=provider.code)
        headers, body = provider.webhook(attempt)

        for forged in ((headers, body + b" "), ({}, body), (dict.fromkeys(headers, "nonsense"), body)):
            with pytest.raises(InvalidSignature):
                gateway(provider.code).read_webhook(*forged)

    def test_a_purchase_goes_all_the_way_and_back(self, provider: Provider) -> None:
        attempt = start(gateway=provider.code)
        provider.approve(attempt)
        headers, body = provider.webhook(attempt)
        inbox.receive_webhook(gateway=provider.code, headers=headers, body=body, at=now())
        inbox.process_inbox(at=now())

        refunds.refund_attempt(attempt_id=attempt.pk, reason="purchase expired", at=now())
        refunds.send_refunds(at=now())

        attempt.refresh_from_db()
        assert (attempt.status, InboxMessage.objects.get().status) == ("succeeded", "handled")
        assert Refund.objects.get().status == "succeeded"
        assert provider.refunded_minor() == 10_000
        assert invariants.violations() == {}

    def refund(self, paid: PaymentAttempt, amount_minor: int) -> Refund:
        return refunds.request_refund(attempt_id=paid.pk, reference=uuid7(), amount_minor=amount_minor, reason="", at=now())
