"""Store credit and gift cards of the demo, from before they are spent: a history on the shopper's page and a card she can redeem."""

import datetime as dt
import uuid

from django.conf import settings

from accounts.models import User
from payments.models import GiftCard, GiftCardBatch, GiftCardPurchase, PaymentAttempt, StoreCreditGrant
from payments.services import attempts, gift_cards, store_credit
from payments.services.gift_cards import Present
from payments.services.sandbox import decide
from payments.states import AttemptStatus, GiftPurchaseStatus
from shop.demo.history import SHOPPER, SHOPPER_NAME
from shop.demo.market import person
from shop.demo.tenders import BATCH, RETURN_URL

FRIEND, FRIEND_NAME = "chen.wei@shoppers.example", "Chen Wei"
DAY = dt.timedelta(days=1)
CARDS = 20
# Days ago, minor units of the shop's currency, and the operator's reason.
GRANTS = ((58, 10_000, "Welcome to the market"), (50, 2_500, "Parcel came a week late"), (49, -500, "Entered too much by mistake"))


def fill(now: dt.datetime) -> None:
    """What was given, bought and loaded, the oldest first; what is there already stays."""
    shopper, friend = person(SHOPPER, SHOPPER_NAME), person(FRIEND, FRIEND_NAME)
    operator = f"operator:{User.objects.get(email='operator@demo.jishi').pk}"
    currency = settings.CURRENCY
    for days, minor, reason in GRANTS:
        if not StoreCreditGrant.objects.filter(user=shopper, reason=reason).exists():
            store_credit.grant(
                user_id=shopper.pk, amount_minor=minor, currency=currency, reason=reason, actor=operator, at=now - days * DAY
            )
    loaded = _buy(friend, SHOPPER, 2_500, "Happy birthday! Buy yourself something warm.", now - 44 * DAY)
    if not loaded.loaded_minor:
        gift_cards.load(card_id=loaded.pk, user_id=shopper.pk, at=now - 43 * DAY)
    if not GiftCardBatch.objects.filter(name=BATCH).exists():
        gift_cards.issue_batch(
            name=BATCH, quantity=CARDS, value_minor=2_500, currency=currency, expires_at=now + 365 * DAY, actor=operator, at=now - 30 * DAY
        )
    _buy(shopper, FRIEND, 2_500, "Thank you for the lanterns.", now - 11 * DAY)
    # Its code is in the shopper's mailbox, to be loaded or used at checkout.
    _buy(friend, SHOPPER, 5_000, "For the new flat!", now - 4 * DAY)


def _buy(giver: User, recipient: str, minor: int, message: str, at: dt.datetime) -> GiftCard:
    """A gift card from one to the other, paid by card."""
    bought = GiftCardPurchase.objects.filter(email=giver.email, message=message).first() or gift_cards.order(
        present=Present(
            value_minor=minor, currency=settings.CURRENCY, email=giver.email, language="en", recipient=recipient, giver=giver.name,
            message=message, user_id=giver.pk,
        ),
        at=at,
    )  # fmt: skip
    if bought.status == GiftPurchaseStatus.AWAITING_PAYMENT:
        _pay(bought, at + dt.timedelta(minutes=2))
    return GiftCard.objects.get(purchase=bought)


def _pay(bought: GiftCardPurchase, at: dt.datetime) -> None:
    """As the buyer's way to the provider and back."""
    paid = PaymentAttempt.objects.filter(reference=bought.pk, status=AttemptStatus.SUCCEEDED).first()
    if paid is None:
        opened = attempts.start_attempt(
            reference=bought.pk, amount_minor=bought.value_minor, currency=bought.currency, gateway="sandbox", return_url=RETURN_URL,
            description="Gift card", at=at,
        )  # fmt: skip
        decide(payment_id=uuid.UUID(opened.provider_id), decision="approve", at=at)
        paid = attempts.refreshed(attempt=opened, at=at)
    gift_cards.mark_paid(
        purchase_id=bought.pk, attempt_id=paid.pk, amount_minor=paid.amount_minor, currency=paid.currency, at=paid.settled_at or at
    )
