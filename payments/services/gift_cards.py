"""Gift cards: issued or sold, found by their code, spent, loaded onto store credit, blocked, given back while unused."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from core import outbox
from core.counters import count_try, take_back_try
from core.ids import secret_token, uuid7
from core.states import move_to, record_change, write_changes
from payments import postings
from payments.errors import (
    GiftCardBlocked,
    GiftCardEmpty,
    GiftCardExpired,
    GiftCardOfAnotherCurrency,
    GiftCardUnknown,
    GiftCardUsed,
    InvalidCredit,
    PaymentNotFound,
)
from payments.events import GiftCardBought
from payments.gift_codes import hashes_of, in_groups, new_code, normal
from payments.models import CreditUse, GiftCard, GiftCardBatch, GiftCardPurchase, LedgerBalance, PaymentAttempt
from payments.postings import Account, PostingKind
from payments.selectors.credit import available
from payments.services import credit, ledger, refunds
from payments.states import AttemptStatus, GiftCardStatus, GiftPurchaseStatus

MOST_IN_BATCH = 500
MOST_MINOR = 10**7
WRONG_TRIES = 5
TRY_SECONDS = 60
ACTOR = "system:gift-cards"


@dataclass(frozen=True, slots=True)
class CardView:
    """What whoever knows the code may see of a card."""

    card_id: uuid.UUID
    ending: str
    balance_minor: int
    currency: str
    expires_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Present:
    """A gift card to be bought: of what value, for whom, in whose name."""

    value_minor: int
    currency: str
    email: str
    language: str
    recipient: str
    giver: str = ""
    message: str = ""
    user_id: uuid.UUID | None = None


@transaction.atomic
def issue_batch(
    *, name: str, quantity: int, value_minor: int, currency: str, expires_at: dt.datetime | None, actor: str, at: dt.datetime
) -> tuple[GiftCardBatch, list[str]]:
    """Issue gift cards at the operator's cost; returns the batch and the codes, which are never shown again.

    Raises:
        InvalidCredit: no name, none or too many, no value or an absurd one.
    """
    if not name.strip() or not 0 < quantity <= MOST_IN_BATCH or not 0 < value_minor <= MOST_MINOR:
        raise InvalidCredit
    batch = GiftCardBatch.objects.create(
        created_at=at,
        name=name.strip()[:80],
        quantity=quantity,
        value_minor=value_minor,
        currency=currency,
        expires_at=expires_at,
        actor=actor,
    )
    codes = [new_code() for _ in range(quantity)]
    for code in codes:
        card = _new_card(batch, code, at, batch=batch)
        _post(PostingKind.GIFT_CARD_ISSUED, card, card.pk, value_minor, at, memo=f"{batch.name} ({actor})")
    return batch, [in_groups(code) for code in codes]


def _new_card(terms: GiftCardBatch | GiftCardPurchase, code: str, at: dt.datetime, **origin: Any) -> GiftCard:
    card = GiftCard(
        pk=uuid7(),
        created_at=at,
        code_hash=hashes_of(code)[0] if code else None,
        ending=code[-4:],
        value_minor=terms.value_minor,
        currency=terms.currency,
        expires_at=getattr(terms, "expires_at", None),
        **origin,
    )
    card.save(force_insert=True)
    write_changes([record_change(card, "", card.status, actor=ACTOR, reason="", at=at)])
    return card


def _post(kind: PostingKind, card: GiftCard, reference: uuid.UUID, amount_minor: int, at: dt.datetime, **more: Any) -> None:
    memo, key, owners = more.pop("memo", ""), more.pop("key", str(card.pk)), more
    posting = postings.gift_card(kind, card, reference, amount_minor, key=key, **owners)
    ledger.post(posting=posting, at=at, memo=memo[:200])


def find(*, code: str, tried_by: Sequence[str]) -> CardView:
    """The card with this code, whatever can still be done with it; wrong codes are limited per minute for each of `tried_by`.

    An unknown code, and any code while there were too many wrong ones, have the same answer.

    Raises:
        GiftCardUnknown: there is none, or too many were tried.
        GiftCardBlocked, GiftCardExpired: it cannot be used.
    """
    tries = [count_try(f"gift:{who}", seconds=TRY_SECONDS) for who in tried_by]
    hashes = hashes_of(normal(code)) if normal(code) else hashes_of("")
    card = GiftCard.objects.filter(code_hash__in=hashes).annotate(clock=Now()).first()
    if card is None or max(tries, default=0) > WRONG_TRIES:
        raise GiftCardUnknown
    for who in tried_by:
        take_back_try(f"gift:{who}")
    _refuse_unusable(card)
    return view_of(card)


def _refuse_unusable(card: GiftCard) -> None:
    """`card` was read with the database's clock."""
    if card.status != GiftCardStatus.ACTIVE:
        raise GiftCardBlocked
    if card.expires_at is not None and card.expires_at <= card.clock:  # type: ignore[attr-defined]  # annotated
        raise GiftCardExpired(day=card.expires_at.date())


def usable(*, card_ids: Sequence[uuid.UUID], currency: str) -> list[CardView]:
    """Those of these cards that can pay something in this currency now, in the given order; no statement for none."""
    if not card_ids:
        return []
    rows = GiftCard.objects.filter(pk__in=card_ids, status=GiftCardStatus.ACTIVE, currency=currency)
    known = {card.pk: card for card in rows.filter(Q(expires_at=None) | Q(expires_at__gt=Now()))}
    left = balances_of(list(known.values()))
    cards = [known[card_id] for card_id in card_ids if left.get(card_id, 0) > 0]
    return [CardView(card.pk, card.ending, left[card.pk], card.currency, card.expires_at) for card in cards]


def balances_of(cards: Sequence[GiftCard]) -> dict[uuid.UUID, int]:
    """What is on each of these cards, in one statement."""
    accounts = {ledger.account_id(postings.Leg(Account.GIFT_CARD, 0, str(card.pk)), card.currency): card.pk for card in cards}
    rows = LedgerBalance.objects.filter(account__in=accounts).values_list("account", "available_minor")
    return {accounts[account]: minor for account, minor in rows}


def view_of(card: GiftCard) -> CardView:
    balance = available(kind=Account.GIFT_CARD, owner=card.pk, currency=card.currency)
    return CardView(card.pk, card.ending, balance, card.currency, card.expires_at)


@transaction.atomic
def spend(*, purchase: uuid.UUID, card_id: uuid.UUID, amount_minor: int, currency: str, at: dt.datetime) -> CreditUse:
    """Pay `amount_minor` of a purchase with a card; its row lock keeps blocking out, its balance decides among parallel spenders.

    Raises:
        GiftCardUnknown, GiftCardBlocked, GiftCardExpired, GiftCardOfAnotherCurrency: it cannot be used for this.
        InsufficientCredit: that much is not on it any more.
    """
    card = _locked(card_id)
    _refuse_unusable(card)
    if card.currency != currency:
        raise GiftCardOfAnotherCurrency
    return credit.spend(
        purchase=purchase, source=CreditUse.Source.GIFT_CARD, owner=card.pk, amount_minor=amount_minor, currency=currency, at=at
    )


@transaction.atomic
def load(*, card_id: uuid.UUID, user_id: uuid.UUID, at: dt.datetime) -> int:
    """Move all that is on a card onto a member's store credit; returns how much in minor units.

    Raises:
        GiftCardUnknown, GiftCardBlocked, GiftCardExpired: it cannot be used.
        GiftCardEmpty: nothing is on it.
    """
    card = _locked(card_id)
    _refuse_unusable(card)
    amount = ledger.locked_balance(kind=Account.GIFT_CARD, owner=card.pk, currency=card.currency)
    if not amount:
        raise GiftCardEmpty
    # The card's lock makes the sum of what was loaded a name for this time.
    _post(PostingKind.GIFT_CARD_LOADED, card, card.pk, amount, at, key=f"{card.pk}:{card.loaded_minor}", user=str(user_id))
    GiftCard.objects.filter(pk=card.pk).update(loaded_minor=card.loaded_minor + amount)
    return amount


@transaction.atomic
def set_blocked(*, card_id: uuid.UUID, blocked: bool, actor: str, reason: str, at: dt.datetime) -> None:
    """Keep a card from being used, or let it be used again; what is on it stays. Again changes nothing."""
    card = _locked(card_id)
    status = GiftCardStatus.BLOCKED if blocked else GiftCardStatus.ACTIVE
    if card.status != status:
        move_to(card, status, actor=actor, reason=reason[:200], at=at)


def order(*, present: Present, at: dt.datetime) -> GiftCardPurchase:
    """A gift card to be paid for; `payments.services.attempts.start_attempt` collects its value under its key.

    Raises:
        InvalidCredit: no value or an absurd one.
    """
    if not 0 < present.value_minor <= MOST_MINOR:
        raise InvalidCredit
    bought = GiftCardPurchase(
        created_at=at,
        token=secret_token(),
        user_id=present.user_id,
        email=present.email,
        language=present.language,
        recipient=present.recipient,
        giver=present.giver[:80],
        message=present.message[:500],
        value_minor=present.value_minor,
        currency=present.currency,
    )
    bought.save(force_insert=True)
    return bought


@transaction.atomic
def mark_paid(*, purchase_id: uuid.UUID, attempt_id: uuid.UUID, amount_minor: int, currency: str, at: dt.datetime) -> bool:
    """The money for a gift card has come in: it exists now and is mailed. Again changes nothing; returns whether this was news.

    Money of another amount, or for one that was given back, goes back whole.
    """
    bought = GiftCardPurchase.objects.select_for_update().filter(pk=purchase_id).first()
    if bought is None:
        return False
    if bought.status == GiftPurchaseStatus.AWAITING_PAYMENT and (amount_minor, currency) == (bought.value_minor, bought.currency):
        move_to(bought, GiftPurchaseStatus.PAID, actor="system:payments", at=at, paid_at=at)
        card = _new_card(bought, "", at, purchase=bought)
        _post(PostingKind.GIFT_CARD_SOLD, card, bought.pk, card.value_minor, at)
        outbox.publish(GiftCardBought(card_id=str(card.pk), purchase_id=str(bought.pk)))
        return True
    paid = PaymentAttempt.objects.filter(reference=bought.pk, status=AttemptStatus.SUCCEEDED).first()
    if bought.status == GiftPurchaseStatus.AWAITING_PAYMENT and paid is not None:
        refunds.refund_attempt(attempt_id=attempt_id, reason="another amount", at=at)
    return False


@transaction.atomic
def put_code(*, card_id: uuid.UUID) -> str:
    """Give a card a new code, the old one being void; returns it for the one mail it is written into. Only its hash is kept."""
    card = _locked(card_id)
    code = new_code()
    GiftCard.objects.filter(pk=card.pk).update(code_hash=hashes_of(code)[0], ending=code[-4:])
    return in_groups(code)


@transaction.atomic
def give_back(*, purchase_id: uuid.UUID, actor: str, reason: str, at: dt.datetime) -> GiftCardPurchase:
    """Send the money of a bought gift card back while nothing of it has been used; the card is blocked. Again is the same answer.

    Raises:
        PaymentNotFound: there is no such purchase, or nobody has paid it.
        GiftCardUsed: a part of it is spent or loaded.
    """
    bought = GiftCardPurchase.objects.select_for_update().filter(pk=purchase_id).first()
    if bought is None or bought.status == GiftPurchaseStatus.AWAITING_PAYMENT:
        raise PaymentNotFound
    if bought.status == GiftPurchaseStatus.REFUNDED:
        return bought
    card = _locked(bought.card.pk)
    if ledger.locked_balance(kind=Account.GIFT_CARD, owner=card.pk, currency=card.currency) != card.value_minor:
        raise GiftCardUsed
    move_to(bought, GiftPurchaseStatus.REFUNDED, actor=actor, reason=reason[:200], at=at)
    if card.status == GiftCardStatus.ACTIVE:
        move_to(card, GiftCardStatus.BLOCKED, actor=actor, reason="refunded", at=at)
    _post(PostingKind.GIFT_CARD_REFUNDED, card, bought.pk, card.value_minor, at)
    GiftCard.objects.filter(pk=card.pk).update(refunded_minor=card.value_minor)
    paid = PaymentAttempt.objects.get(reference=bought.pk, status=AttemptStatus.SUCCEEDED)
    refunds.refund_attempt(attempt_id=paid.pk, reason=reason or "gift card given back", at=at)
    return bought


def _locked(card_id: uuid.UUID) -> GiftCard:
    found = GiftCard.objects.select_for_update().filter(pk=card_id).annotate(clock=Now()).first()
    if found is None:
        raise GiftCardUnknown
    return found
