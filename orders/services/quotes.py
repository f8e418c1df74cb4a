"""Asking for a price, offering one, agreeing, and buying at it once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from accounts.models import User
from catalog.rules.texts import storable
from catalog.selectors import sellable_variants
from core import outbox
from core.ids import uuid7
from core.money import charge_step
from core.states import IllegalTransition, move_to
from orders import rules
from orders.errors import (
    CartFull,
    QuoteInvalid,
    QuoteNotFound,
    QuoteNotOffered,
    QuoteNotUsable,
    TooManyQuotes,
    VariantNotFound,
    VariantUnavailable,
)
from orders.events import QuoteMoved
from orders.models import Cart, CartLine, Quote
from orders.rules.purchases import WantedLine
from orders.states import QUOTE_WAITING, QuoteStatus

ANSWER_WITHIN = dt.timedelta(days=14)
LONGEST = dt.timedelta(days=365)
MOST_OPEN = 20
MOST_PRICE = 10**12


@transaction.atomic
def ask_for_quote(*, user: User, variant_id: uuid.UUID, quantity: object, message: str, at: dt.datetime) -> Quote:
    """Ask the merchant of a variant what so many pieces cost.

    Raises:
        InvalidQuantity: not a whole number in range.
        VariantNotFound, VariantUnavailable: nothing that is on sale.
        QuoteNotOffered: it asks for the buyer's own words.
        TooManyQuotes: as many of this member's requests wait as may.
        QuoteInvalid: the message is too long.
    """
    wanted = rules.quantity_of(quantity, settings.CART_MAX_QUANTITY)
    variant = sellable_variants([variant_id]).get(variant_id)
    if variant is None:
        raise VariantNotFound
    if not variant.is_sellable:
        raise VariantUnavailable(title=variant.title_in(get_language() or settings.LANGUAGE_CODE))
    if variant.asked:
        raise QuoteNotOffered(title=variant.title_in(get_language() or settings.LANGUAGE_CODE))
    said = storable(message).strip()
    if len(said) > 1_000:
        raise QuoteInvalid
    # The member's row makes requests sent at once wait for each other.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if Quote.objects.filter(user=user, status__in=[QuoteStatus.REQUESTED, QuoteStatus.OFFERED]).count() >= MOST_OPEN:
        raise TooManyQuotes(most=MOST_OPEN)
    quote = Quote.objects.create(
        merchant_id=variant.merchant_id, user=user, variant_id=variant_id, quantity=wanted, message=said, currency=variant.currency,
        due_at=at + ANSWER_WITHIN, created_at=at,
    )  # fmt: skip
    _tell(quote)
    return quote


@transaction.atomic
def offer_quote(*, quote_id: uuid.UUID, unit_minor: int, valid_until: dt.datetime, note: str, actor: str, at: dt.datetime) -> Quote:
    """The merchant names a price of a piece, in minor units of the request's currency, and how long it is good.

    Raises:
        QuoteNotFound, IllegalTransition, StaleState.
        QuoteInvalid: a price that cannot be charged, or a day that is over or too far away.
    """
    quote = _locked(quote_id)
    if not 0 < unit_minor <= MOST_PRICE or unit_minor % charge_step(quote.currency) or not at < valid_until <= at + LONGEST:
        raise QuoteInvalid
    changes: dict[str, Any] = {"unit_minor": unit_minor, "note": storable(note).strip()[:500], "due_at": valid_until}
    _move(quote, QuoteStatus.OFFERED, actor=actor, at=at, **changes)
    return quote


@transaction.atomic
def refuse_quote(*, quote_id: uuid.UUID, reason: str, actor: str, at: dt.datetime) -> Quote:
    """The merchant has no price for it; raises QuoteNotFound, IllegalTransition, StaleState."""
    quote = _locked(quote_id)
    _move(quote, QuoteStatus.REFUSED, actor=actor, at=at, reason=reason[:200], note=storable(reason).strip()[:500], due_at=None)
    return quote


@transaction.atomic
def give_up_quote(*, quote_id: uuid.UUID, user: User, at: dt.datetime) -> Quote:
    """The shopper withdraws a request, or declines what was offered; what lies in the cart at that price goes out of it.

    Raises:
        QuoteNotFound, IllegalTransition, StaleState.
    """
    quote = _locked(quote_id, user)
    status = QuoteStatus.WITHDRAWN if quote.status == QuoteStatus.REQUESTED else QuoteStatus.DECLINED
    _move(quote, status, actor=f"shopper:{user.pk}", at=at, due_at=None)
    CartLine.objects.filter(quote=quote).delete()
    return quote


@transaction.atomic
def accept_quote(*, quote_id: uuid.UUID, user: User, at: dt.datetime) -> Cart:
    """Agree to what was offered; the pieces lie in the member's cart at that price then. Once agreed, put them there again.

    Raises:
        QuoteNotFound, IllegalTransition, StaleState.
        QuoteNotUsable: it is too late.
        CartFull: too many different items.
    """
    cart, _ = Cart.objects.get_or_create(user=user)
    cart = Cart.objects.select_for_update().get(pk=cart.pk)
    quote = _locked(quote_id, user)
    if quote.due_at is not None and quote.due_at <= at:
        raise QuoteNotUsable(title=_title(quote))
    if quote.status == QuoteStatus.ORDERED:
        # The table lets an unpaid purchase give it back, not the shopper.
        raise IllegalTransition(status=quote.get_status_display())
    if quote.status != QuoteStatus.ACCEPTED:
        _move(quote, QuoteStatus.ACCEPTED, actor=f"shopper:{user.pk}", at=at)
    if not CartLine.objects.filter(quote=quote).exists():
        if CartLine.objects.filter(cart=cart).count() >= settings.CART_MAX_LINES:
            raise CartFull(most=settings.CART_MAX_LINES)
        CartLine.objects.create(
            cart=cart, variant_id=quote.variant_id, quote=quote, quantity=quote.quantity, agreed_minor=quote.unit_minor,
            seen_minor=quote.unit_minor or 0, seen_currency=quote.currency,
        )  # fmt: skip
    return cart


def use_quotes(*, checkout_id: uuid.UUID, user_id: uuid.UUID | None, lines: Sequence[WantedLine], at: dt.datetime) -> None:
    """Spend the agreed prices of a purchase that is being placed; each is good for one.

    Args:
        at: by the database's clock, as deadlines are.

    Raises:
        QuoteNotUsable: not agreed, used already, too late, another person's, or not what was agreed upon.
    """
    agreed = {line.quote_id: line for line in lines if line.quote_id is not None}
    if not agreed:
        return
    quotes = {row.pk: row for row in Quote.objects.select_for_update().filter(pk__in=agreed).order_by("pk")}
    for quote_id, line in sorted(agreed.items()):
        quote = quotes.get(quote_id)
        is_usable = (
            quote is not None and quote.status == QuoteStatus.ACCEPTED and quote.user_id == user_id
            and quote.due_at is not None and quote.due_at > at
            and (quote.variant_id, quote.quantity, quote.unit_minor) == (line.variant.variant_id, line.quantity, line.unit_minor)
        )  # fmt: skip
        if quote is None or not is_usable:
            raise QuoteNotUsable(title=line.variant.title_in(get_language() or settings.LANGUAGE_CODE))
        _move(quote, QuoteStatus.ORDERED, actor=f"shopper:{user_id}", at=at, checkout_id=checkout_id)


def return_quotes(checkout_id: uuid.UUID, *, actor: str, at: dt.datetime) -> None:
    """A purchase that was never paid has used nothing: its prices are agreed again, until their day."""
    for quote in Quote.objects.select_for_update().filter(checkout=checkout_id, status=QuoteStatus.ORDERED).order_by("pk"):
        move_to(quote, QuoteStatus.ACCEPTED, actor=actor, at=at, checkout_id=None)


def expire_quotes(*, at: dt.datetime, limit: int = 200) -> int:
    """End requests and offers whose time is over, by the database's clock; returns how many. Each in a transaction of its own."""
    due = Quote.objects.filter(status__in=QUOTE_WAITING, due_at__lte=at).order_by("due_at").values_list("pk", flat=True)
    return sum(_expire(quote_id, at) for quote_id in list(due[:limit]))


def _expire(quote_id: uuid.UUID, at: dt.datetime) -> bool:
    with transaction.atomic():
        rows = Quote.objects.select_for_update(skip_locked=True)
        quote = rows.filter(pk=quote_id, status__in=QUOTE_WAITING, due_at__lte=at).first()
        if quote is None:
            return False
        _move(quote, QuoteStatus.EXPIRED, actor="system:expiry", at=at)
        CartLine.objects.filter(quote=quote).delete()
        return True


def _move(quote: Quote, status: QuoteStatus, *, actor: str, at: dt.datetime, reason: str = "", **changes: Any) -> None:
    move_to(quote, status, actor=actor, at=at, reason=reason, **changes)
    _tell(quote)


def _tell(quote: Quote) -> None:
    outbox.publish(QuoteMoved(quote_id=str(quote.pk), to_status=str(quote.status), occasion=str(uuid7())))


def _title(quote: Quote) -> str:
    return str(quote.variant.product.text("title", get_language() or settings.LANGUAGE_CODE))


def _locked(quote_id: uuid.UUID, user: User | None = None) -> Quote:
    rows = Quote.objects.select_for_update(of=("self",)).filter(pk=quote_id)
    found: Quote | None = (rows if user is None else rows.filter(user=user)).first()
    if found is None:
        raise QuoteNotFound
    return found
