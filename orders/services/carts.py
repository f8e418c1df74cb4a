import datetime as dt
import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import get_language

from accounts.models import User
from catalog.rules.personalisation import answers_key, answers_to
from catalog.rules.quantities import quantity_fits
from catalog.rules.trade import least_of
from catalog.selectors import Offer, offer_of, sellable_variants
from catalog.selectors.trade import Trader, listed_prices
from core.compiled import insert
from core.exchange.rules import Conversion, own
from core.ids import secret_token, uuid7
from core.postgresql.statements import Prepared
from logistics.selectors import availability
from orders import rules
from orders.errors import (
    BundleIncomplete,
    CartFull,
    CartLineNotFound,
    InvalidQuantity,
    NotInCurrency,
    QuantityNotSold,
    QuoteFixed,
    SoldOut,
    VariantNotFound,
    VariantUnavailable,
)
from orders.models import Cart, CartLine


def add_to_cart(
    *,
    user: User | None,
    token: str | None,
    variant_id: uuid.UUID,
    quantity: object,
    at: dt.datetime,
    conversion: Conversion | None = None,
    trader: Trader | None = None,
    answers: Mapping[str, str] | None = None,
) -> Cart:
    """Put `quantity` more of a variant into the member's cart, or the guest's of that token; it is made when there is none.

    Four statements, and as many as Django needs to make a member's first cart.

    Args:
        conversion: into the currency in which the shopper has seen the price; the shop's own unless given.
        trader: whose price lists count; one statement more.
        answers: what should be on it, by the key of the product's field. The same answers again are more of the same line.

    Raises:
        AnswerMissing, AnswerTooLong, AnswerUnreadable: the product asks for something else.
        InvalidQuantity: not a whole number in range, or more than the limit together with what is in the cart.
        VariantNotFound, VariantUnavailable, BundleIncomplete: nothing that is on sale.
        NotInCurrency: it has no price in the shopper's currency.
        QuantityNotSold: fewer than are sold at least, or no multiple of what it is sold in, together with what is in the cart.
        SoldOut: fewer are available than the cart would then hold.
        CartFull: too many different items.
    """
    added = rules.quantity_of(quantity, settings.CART_MAX_QUANTITY)
    variant = _sellable(variant_id, conversion or own(settings.CURRENCY), trader)
    wanted = answers_to(variant.asked, answers or {}, _language())
    available = availability([variant_id]).get(variant_id, 0)
    with transaction.atomic():
        target = _locked(user, token, at) or _new(user, at)
        target.pieces = _put(target, variant, wanted, added, available, at)
    return target


def _sellable(variant_id: uuid.UUID, conversion: Conversion, trader: Trader | None) -> Offer:
    offer = offer_of(variant_id, conversion, trader)
    if offer is None:
        raise VariantNotFound
    if not offer.is_complete:
        raise BundleIncomplete(title=offer.title_in(_language()))
    if not offer.is_sellable:
        raise VariantUnavailable(title=offer.title_in(_language()))
    if offer.currency != conversion.currency:
        raise NotInCurrency(title=offer.title_in(_language()), currency=conversion.currency)
    return offer


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def _locked(user: User | None, token: str | None, at: dt.datetime) -> Cart | None:
    """One UPDATE finds the cart, keeps it fresh and serialises its writers."""
    if user is None and (not token or "\0" in token):
        return None
    with connection.cursor() as cursor:
        cursor.execute(_TOUCH_GUESTS, [at, token]) if user is None else cursor.execute(_TOUCH_MEMBERS, [at, user.pk])
        found = cursor.fetchone()
    return Cart(id=found[0], created_at=found[1], user=user, token=found[2], touched_at=at) if found else None


_TOUCH_GUESTS = Prepared("UPDATE orders_cart SET touched_at = %s WHERE token = %s AND user_id IS NULL RETURNING id, created_at, token")
_TOUCH_MEMBERS = Prepared("UPDATE orders_cart SET touched_at = %s WHERE user_id = %s RETURNING id, created_at, token")


def _new(user: User | None, at: dt.datetime) -> Cart:
    if user is not None:
        own, is_new = Cart.objects.get_or_create(user=user)
        return own if is_new else _locked(user, None, at) or own
    fresh = Cart(token=secret_token())
    insert([fresh])
    return fresh


def _put(cart: Cart, variant: Offer, answers: dict[str, str], added: int, available: int, at: dt.datetime) -> int:
    """Returns how many pieces the cart holds then. A refusal undoes the transaction, and with it what was put in."""
    with connection.cursor() as cursor:
        new: list[Any] = [uuid7(), at, cart.pk, variant.variant_id, added, variant.price_minor, variant.currency]
        new += [json.dumps(answers), answers_key(answers)]
        cursor.execute(_PUT, [*new, cart.pk, cart.pk])
        quantity, lines, pieces = cursor.fetchone()
    if quantity > settings.CART_MAX_QUANTITY:
        raise InvalidQuantity(most=settings.CART_MAX_QUANTITY)
    if not quantity_fits(quantity, variant.min_quantity, variant.quantity_step):
        raise QuantityNotSold(title=variant.title_in(_language()), least=variant.min_quantity, step=variant.quantity_step)
    if quantity > available:
        raise SoldOut(title=variant.title_in(_language()), available=available)
    if quantity == added and lines >= settings.CART_MAX_LINES:
        raise CartFull(most=settings.CART_MAX_LINES)
    return int(pieces) + added


# What it counts is from before it: a statement does not see its own rows.
_PUT = Prepared("""
INSERT INTO orders_cartline (id, created_at, cart_id, variant_id, quantity, seen_minor, seen_currency, answers, answers_key)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (cart_id, variant_id, answers_key) WHERE quote_id IS NULL DO UPDATE SET quantity = orders_cartline.quantity + excluded.quantity,
    seen_minor = excluded.seen_minor, seen_currency = excluded.seen_currency
RETURNING quantity, (SELECT count(*) FROM orders_cartline WHERE cart_id = %s),
    (SELECT coalesce(sum(quantity), 0) FROM orders_cartline WHERE cart_id = %s)
""")


@transaction.atomic
def set_quantity(*, cart: Cart, line_id: uuid.UUID, quantity: object, trader: Trader | None = None) -> CartLine:
    """Change how many of a line are wanted.

    Raises:
        InvalidQuantity, QuantityNotSold, SoldOut: as when adding.
        CartLineNotFound: not a line of this cart.
        QuoteFixed: its price was agreed for exactly as many.
    """
    wanted = rules.quantity_of(quantity, settings.CART_MAX_QUANTITY)
    line = CartLine.objects.select_related("variant__product").filter(cart=cart, pk=line_id).first()
    if line is None:
        raise CartLineNotFound
    if line.quote_id is not None:
        raise QuoteFixed(quantity=line.quantity)
    sold = line.variant
    least = least_of(sold.min_quantity, listed_prices([sold.pk], trader).get(sold.pk, ()))
    if not quantity_fits(wanted, least, sold.quantity_step):
        raise QuantityNotSold(title=sold.product.text("title", _language()), least=least, step=sold.quantity_step)
    available = availability([line.variant_id]).get(line.variant_id, 0)
    if wanted > available:
        raise SoldOut(title=line.variant.product.text("title", _language()), available=available)
    if not CartLine.objects.filter(pk=line.pk).update(quantity=wanted):
        raise CartLineNotFound
    line.quantity = wanted
    return line


def remove_line(*, cart: Cart, line_id: uuid.UUID) -> None:
    """Take a line out.

    Raises:
        CartLineNotFound: not a line of this cart, or no longer.
    """
    if not CartLine.objects.filter(cart=cart, pk=line_id).delete()[0]:
        raise CartLineNotFound


@transaction.atomic
def merge_carts(*, token: str, user: User) -> Cart | None:
    """At sign-in the guest's cart (by its cookie `token`) joins the member's: quantities add up, within the limits.

    Returns the member's cart, None when neither exists. The token opens nothing afterwards.
    """
    carts = Cart.objects.select_for_update().order_by("pk")
    guest = carts.filter(token=token, user=None).first() if token else None
    own = carts.filter(user=user).first()
    if guest is None:
        return own
    if own is None:
        Cart.objects.filter(pk=guest.pk).update(user=user, token=None)
        guest.user, guest.token = user, None
        return guest
    _pour(guest, own)
    guest.delete()
    return own


def _pour(source: Cart, target: Cart) -> None:
    present = {(line.variant_id, line.answers_key): line for line in target.lines.filter(quote=None)}
    changed, fresh = [], []
    for line in source.lines.order_by("pk"):
        if own := present.get((line.variant_id, line.answers_key)):
            own.quantity = min(own.quantity + line.quantity, settings.CART_MAX_QUANTITY)
            changed.append(own)
        else:
            same = {
                name: getattr(line, name) for name in ("variant_id", "quantity", "seen_minor", "seen_currency", "answers", "answers_key")
            }
            fresh.append(CartLine(cart=target, **same))
    CartLine.objects.bulk_update(changed, ["quantity"])
    CartLine.objects.bulk_create(fresh[: max(settings.CART_MAX_LINES - len(present), 0)])


@transaction.atomic
def acknowledge_prices(*, cart: Cart, conversion: Conversion | None = None, trader: Trader | None = None) -> int:
    """The shopper has been shown today's prices, in the currency of `conversion`: remember them as seen; returns how many lines changed."""
    lines = list(cart.lines.all())
    variants = sellable_variants([line.variant_id for line in lines], conversion or own(settings.CURRENCY), trader)
    changed = []
    for line in lines:
        variant = variants.get(line.variant_id) if line.quote_id is None else None
        if variant and (variant.price_minor, variant.currency) != (line.seen_minor, line.seen_currency):
            line.seen_minor, line.seen_currency = variant.price_minor, variant.currency
            changed.append(line)
    CartLine.objects.bulk_update(changed, ["seen_minor", "seen_currency"])
    return len(changed)
