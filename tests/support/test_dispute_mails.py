import pytest
from django.utils import timezone

from orders.states import OrderStatus
from payments.events import ProviderDisputeClosed, ProviderDisputeOpened
from payments.models import PaymentAttempt, ProviderDispute
from support.handlers import mail_dispute_closed, mail_dispute_opened
from support.models import Mail
from tests.factories.accounts import make_user
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispute() -> ProviderDispute:
    """A disputed purchase of two merchants."""
    make_user(email="operator@example.com", is_staff=True, is_superuser=True)
    walk = order_up_to(OrderStatus.PAID)
    Mail.objects.all().delete()
    attempt = PaymentAttempt.objects.get(reference=walk.checkout.pk)
    return ProviderDispute.objects.create(
        attempt=attempt, provider_id="dp_1", amount_minor=500, currency=attempt.currency, reason="fraudulent", claimed_minor=0,
        evidence_due_by=timezone.now(),
    )  # fmt: skip


def test_operator_and_each_merchant_are_told_once_that_a_payment_is_disputed(dispute: ProviderDispute) -> None:
    event = ProviderDisputeOpened(str(dispute.pk), str(dispute.attempt.reference), 500, dispute.currency)

    for _ in range(2):
        mail_dispute_opened(event)

    assert sorted(Mail.objects.values_list("kind", flat=True)) == [
        "merchant_dispute_opened", "merchant_dispute_opened", "operator_dispute_opened",
    ]  # fmt: skip
    assert "Evidence due by" in Mail.objects.get(kind="operator_dispute_opened").text


@pytest.mark.parametrize(("outcome", "words"), [("won", "is free again"), ("lost", "has been taken from your balance")])
def test_both_are_told_how_it_ended(dispute: ProviderDispute, outcome: str, words: str) -> None:
    ProviderDispute.objects.update(status=outcome)

    mail_dispute_closed(ProviderDisputeClosed(str(dispute.pk), str(dispute.attempt.reference), outcome, 500, dispute.currency))

    assert Mail.objects.filter(kind="operator_dispute_closed", subject__contains=outcome).count() == 1
    assert Mail.objects.filter(kind="merchant_dispute_closed", text__contains=words).count() == 2
