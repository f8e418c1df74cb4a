from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language

from accounts.models import User
from catalog.rules.personalisation import is_answered
from catalog.rules.quantities import quantity_fits
from catalog.selectors import SellableVariant, sellable_variants
from catalog.selectors.bundles import BundleView, bundle_views
from catalog.selectors.trade import Trader
from core.compiled import compiled, first
from core.exchange.rules import Conversion, own
from logistics.rules import Destination, Load, ShippingOffer
from logistics.rules.duties import Declared
from logistics.selectors import availability, shipping_offers
from orders import rules
from orders.models import Cart, CartLine
from orders.rules.bundles import Shelf, bundle_shares
from orders.selectors.cart_views import CartLineView, CartView, Parcel

UNAVAILABLE, NOT_IN_CURRENCY, SOLD_OUT, TOO_MANY = "unavailable", "not_in_currency", "sold_out", "too_many"
WRONG_QUANTITY, NEEDS_ANSWERS, INCOMPLETE = "wrong_quantity", "needs_answers", "incomplete"
WORTHLESS = {UNAVAILABLE, INCOMPLETE, NOT_IN_CURRENCY, SOLD_OUT}


def cart_for(user: User | None, token: str | None) -> Cart | None:
    """The member's cart, or the guest's by the token of the cookie."""
    if user is not None:
        return first(_members_cart(user.pk))
    return first(_guests_cart(token)) if token and "\0" not in token else None


def cart_count(user: User | None, token: str | None) -> int:
    """How many items the cart holds; one statement, none for a guest without a cookie."""
    if user is not None:
        return sum(_members_quantities(user.pk))
    return sum(_guests_quantities(token)) if token and "\0" not in token else 0


@compiled
def _members_cart(user_id: uuid.UUID) -> QuerySet[Cart]:
    return Cart.objects.filter(user=user_id)


@compiled
def _guests_cart(token: str) -> QuerySet[Cart]:
    return Cart.objects.filter(token=token, user=None)


@compiled
def _members_quantities(user_id: uuid.UUID) -> QuerySet[Any]:
    return CartLine.objects.filter(cart__user=user_id).values_list("quantity", flat=True)


@compiled
def _guests_quantities(token: str) -> QuerySet[Any]:
    return CartLine.objects.filter(cart__token=token, cart__user=None).values_list("quantity", flat=True)


@compiled
def lines_of(cart_id: uuid.UUID) -> QuerySet[CartLine]:
    """The lines of a cart in the order they were put in."""
    return CartLine.objects.filter(cart=cart_id).order_by("pk")


def cart_view(
    cart: Cart | None,
    language: str | None = None,
    conversion: Conversion | None = None,
    trader: Trader | None = None,
    destination: Destination | None = None,
) -> CartView:
    """The cart with today's prices, stock and delivery, one block per merchant; four statements at any length, two more with sets in it
    and one more for a company.

    Args:
        trader: whose price lists count.
        conversion: into the currency everything is said in; the shop's own unless given.
        destination: where it is to be sent; merchants' prices for everywhere count where that is not known.
    """
    into = conversion or own(settings.CURRENCY)
    lines = lines_of(cart.pk) if cart else []
    if not lines:
        return CartView(cart_id=cart.pk if cart else None, currency=into.currency)
    ids = [line.variant_id for line in lines]
    variants = sellable_variants(ids, into, trader)
    parts = {part.variant_id for variant in variants.values() for part in variant.parts}
    stock = Shelf(availability([*dict.fromkeys([*ids, *sorted(parts)])]), parts)
    code = language or get_language() or settings.LANGUAGE_CODE
    bundles = bundle_views({key: variant.parts for key, variant in variants.items() if variant.parts}, code, into)
    groups: dict[uuid.UUID, list[CartLineView]] = {}
    loads: dict[uuid.UUID, Load] = {}
    for line in lines:
        if variant := variants.get(line.variant_id):
            left = stock.left_of(variant)
            shown = _line_view(line, variant, left, code, into.currency, bundles.get(line.variant_id))
            stock.take(variant, min(line.quantity, left))
            groups.setdefault(variant.merchant_id, []).append(shown)
            if not variant.is_digital:
                load = rules.WantedLine(variant, line.quantity).load
                loads[variant.merchant_id] = loads.get(variant.merchant_id, Load()) + load
    offers_for = partial(shipping_offers, conversion=into, destination=destination, loads=loads)
    return _view(cart, groups, _merchants(variants, code), into.currency, offers_for)


def _merchants(variants: Mapping[uuid.UUID, SellableVariant], language: str) -> dict[uuid.UUID, tuple[str, str]]:
    return {variant.merchant_id: (variant.merchant_slug, variant.merchant_in(language)) for variant in variants.values()}


def _view(
    cart: Cart | None,
    groups: Mapping[uuid.UUID, list[CartLineView]],
    merchants: Mapping[uuid.UUID, tuple[str, str]],
    currency: str,
    offers_for: Callable[[Mapping[uuid.UUID, int]], dict[uuid.UUID, ShippingOffer]],
) -> CartView:
    goods = {merchant_id: sum(line.total_minor for line in lines) for merchant_id, lines in groups.items()}
    sent = {key: sum(line.total_minor for line in lines if not line.is_digital) for key, lines in groups.items()}
    bought = {merchant_id: minor for merchant_id, minor in sent.items() if minor}
    offers = offers_for(bought) if bought else {}
    parcels = [
        _parcel(merchant_id, merchants[merchant_id], lines, goods[merchant_id], offers.get(merchant_id, ShippingOffer(0)))
        for merchant_id, lines in groups.items()
    ]
    shown = [line for lines in groups.values() for line in lines]
    goods_minor, shipping_minor = sum(goods.values()), sum(parcel.shipping_minor for parcel in parcels)
    return CartView(
        cart_id=cart.pk if cart else None,
        parcels=parcels,
        currency=currency,
        goods_minor=goods_minor,
        shipping_minor=shipping_minor,
        total_minor=goods_minor + shipping_minor,
        count=sum(line.quantity for line in shown),
        has_problems=any(line.problem for line in shown),
        has_price_changes=any(line.is_price_changed for line in shown),
    )


def _parcel(merchant_id: uuid.UUID, merchant: tuple[str, str], lines: list[CartLineView], goods: int, offer: ShippingOffer) -> Parcel:
    return Parcel(
        merchant_id=merchant_id,
        merchant_slug=merchant[0],
        merchant_name=merchant[1],
        lines=lines,
        goods_minor=goods,
        shipping_minor=offer.minor,
        free_over_minor=offer.free_over_minor,
        free_over_missing_minor=offer.missing_minor,
    )


def _line_view(
    line: CartLine, variant: SellableVariant, available: int, language: str, currency: str, bundle: BundleView | None
) -> CartLineView:
    is_agreed = line.quote_id is not None
    wanted = rules.WantedLine(variant, line.quantity, line.agreed_minor, line.quote_id, answers=line.answers)
    problem = problem_of(variant, line.quantity, available, currency, agreed_in=line.seen_currency if is_agreed else "")
    by_list = wanted.by_list
    if not problem and not is_agreed and not is_answered(variant.asked, line.answers):
        problem = NEEDS_ANSWERS
    return CartLineView(
        line_id=line.pk,
        variant_id=variant.variant_id,
        product_id=variant.product_id,
        slug=variant.slug,
        sku=variant.sku,
        title=variant.title_in(language),
        options=variant.options_in(language),
        picture=variant.picture,
        picture_widths=variant.picture_widths,
        picture_formats=variant.picture_formats,
        quantity=line.quantity,
        price_minor=wanted.unit_minor,
        currency=line.seen_currency if is_agreed else variant.currency,
        seen_minor=line.seen_minor,
        seen_currency=line.seen_currency,
        compare_at_minor=None if is_agreed else variant.compare_at_minor,
        total_minor=0 if problem in WORTHLESS else wanted.total_minor,
        available=available,
        problem=problem,
        tax_class=variant.tax_class,
        single_minor=wanted.unit_minor if is_agreed else variant.price_minor,
        quote_id=line.quote_id,
        min_quantity=variant.min_quantity,
        quantity_step=variant.quantity_step,
        ordinary_minor=by_list[1] if by_list else None,
        trade_of=by_list[0].company if by_list else "",
        is_digital=variant.is_digital,
        answers=[(field.label_in(language), line.answers[field.key]) for field in variant.asked if field.key in line.answers],
        is_bespoke=wanted.is_bespoke,
        bundle=bundle,
        handling_days=wanted.handling_days,
        taxed=_taxed(wanted, bundle, currency) if bundle is not None and problem not in WORTHLESS else (),
        declared=_declared(wanted, bundle, currency) if problem not in WORTHLESS else (),
    )


def _declared(wanted: rules.WantedLine, bundle: BundleView | None, currency: str) -> tuple[tuple[uuid.UUID, Declared], ...]:
    if bundle is None:
        pieces = [(wanted.variant, wanted.quantity, wanted.unit_minor)]
    else:
        pieces = list(bundle_shares(wanted, {part.variant.variant_id: part.variant for part in bundle.parts}, currency))
    return tuple(
        (variant.variant_id, Declared(variant.hs_code, count, count * minor)) for variant, count, minor in pieces if not variant.is_digital
    )


def _taxed(wanted: rules.WantedLine, bundle: BundleView, currency: str) -> tuple[tuple[int, str], ...]:
    parts = {part.variant.variant_id: part.variant for part in bundle.parts}
    return tuple((quantity * minor, part.tax_class) for part, quantity, minor in bundle_shares(wanted, parts, currency))


def problem_of(variant: SellableVariant, quantity: int, available: int, currency: str, agreed_in: str = "") -> str:
    """Why a line cannot be bought as it is; empty when it can. `agreed_in` is the currency of a price agreed with the merchant."""
    if not variant.is_sellable:
        return UNAVAILABLE if variant.is_complete else INCOMPLETE
    if (agreed_in or variant.currency) != currency:
        return NOT_IN_CURRENCY
    if available <= 0:
        return SOLD_OUT
    if quantity > available:
        return TOO_MANY
    return "" if agreed_in or quantity_fits(quantity, variant.min_quantity, variant.quantity_step) else WRONG_QUANTITY
