"""How the demo's people pay: mostly by card, now and then in each other way the shop takes, through the services a click would call."""

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum

from accounts.models import User
from core.money import exponent
from orders.models import Checkout
from orders.services.cash import confirm_cash
from orders.services.credits import CreditWish
from orders.services.payment import settle, start_payment
from payments.gateways import gateway
from payments.models import GiftCard, PaymentAttempt
from payments.selectors.credit import credit_balance
from payments.services import gift_cards
from payments.services.bank_transfers import enter_line, instructions
from payments.services.sandbox import decide

# The operator's cards, one of which the demo's shopper has been given.
BATCH = "Autumn fair"
RETURN_URL = "http://localhost/"
BANK_TAKES = dt.timedelta(days=2)


class Tender(StrEnum):
    """The last two are bank transfers, too: one nobody has made yet, and one made without its payment reference."""

    CARD = "card"
    STORE_CREDIT = "store credit"
    GIFT_CARD = "gift card"
    CASH = "cash"
    TRANSFER = "transfer"
    AWAITED = "awaited transfer"
    UNNAMED = "transfer without reference"


TRANSFERS = (Tender.TRANSFER, Tender.AWAITED, Tender.UNNAMED)


def is_taken(tender: Tender) -> bool:
    """Whether the shop is set up for it: without an account of the operator's there are no bank transfers."""
    return tender not in TRANSFERS or gateway("bank_transfer").is_available()


def wishes(*, tender: Tender, user: User, total_minor: int, currency: str) -> list[CreditWish]:
    """What store credit or a gift card is to pay when the order is placed; the rest is paid by card."""
    if tender == Tender.STORE_CREDIT:
        return _wish(credit_balance(user.pk, currency), total_minor)
    card = GiftCard.objects.filter(batch__name=BATCH, currency=currency).order_by("pk").first() if tender == Tender.GIFT_CARD else None
    return _wish(gift_cards.view_of(card).balance_minor, total_minor, card.pk) if card is not None else []


def _wish(balance_minor: int, total_minor: int, card_id: uuid.UUID | None = None) -> list[CreditWish]:
    amount = min(balance_minor, total_minor)
    return [CreditWish(amount, card_id)] if amount else []


def pay(*, checkout: Checkout, tender: Tender, at: dt.datetime) -> dt.datetime:
    """Pay what is due of a purchase; returns when its merchants heard of it. Again changes nothing."""
    if checkout.paid_at is not None:
        return checkout.paid_at
    if tender == Tender.CASH:
        confirm_cash(checkout_id=checkout.pk, actor=f"shopper:{checkout.user_id}", at=at)
        return at
    if tender in TRANSFERS:
        return _transfer(checkout, tender, at)
    attempt = start_payment(checkout=checkout, gateway="sandbox", return_url=RETURN_URL, at=at)
    decide(payment_id=uuid.UUID(attempt.provider_id), decision="approve", at=at)
    settle(checkout_id=checkout.pk, at=at + dt.timedelta(seconds=20))
    return at


def _transfer(checkout: Checkout, tender: Tender, at: dt.datetime) -> dt.datetime:
    attempt = start_payment(checkout=checkout, gateway="bank_transfer", return_url=RETURN_URL, at=at)
    arrives = at + BANK_TAKES
    if tender != Tender.AWAITED:
        _book(checkout, attempt, arrives, text=instructions(attempt=attempt).reference if tender == Tender.TRANSFER else "")
        settle(checkout_id=checkout.pk, at=arrives)
    return arrives


def _book(checkout: Checkout, attempt: PaymentAttempt, at: dt.datetime, *, text: str) -> None:
    """The line of the operator's bank statement; without a reference only the order's number tells a person what it is for."""
    amount = Decimal(attempt.amount_minor).scaleb(-exponent(attempt.currency))
    cells = {
        "date": at.date().isoformat(), "amount": f"{amount:f}", "currency": attempt.currency, "text": text or f"Order {checkout.number}",
        "transaction": f"DEMO-{checkout.pk.hex[:12].upper()}", "payer": f"{checkout.name} · 6217 {checkout.pk.int % 10_000:04d}",
    }  # fmt: skip
    enter_line(cells=cells, actor="system:demo", at=at)
