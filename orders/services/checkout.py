from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import get_language

from catalog.rules.personalisation import is_answered
from catalog.rules.quantities import quantity_fits
from catalog.selectors import sellable_variants
from catalog.selectors.trade import Trader
from core import outbox
from core.compiled import compiled, first, insert, remove
from core.countries import country
from core.exchange.rules import Conversion, own
from core.money import Money
from core.states import StaleState, record_change, write_changes
from logistics import services as logistics
from logistics.errors import NotServed, OutOfStock
from logistics.models import Warehouse
from logistics.rules import Destination, Load
from logistics.selectors import shipping_quote
from loyalty import rules as loyalty_rules
from loyalty import selectors as loyalty_selectors
from loyalty import services as loyalty
from orders import rules
from orders.errors import (
    AnswersNeeded,
    BundleIncomplete,
    Busy,
    CartEmpty,
    CheckoutNotFound,
    NotAtStore,
    NotInCurrency,
    NotSentThere,
    PointsNotAllowed,
    PriceChanged,
    QuantityNotSold,
    SoldOut,
    VariantUnavailable,
)
from orders.events import CheckoutPlaced
from orders.models import Cart, CartLine, Checkout, MerchantOrder
from orders.selectors.carts import lines_of
from orders.selectors.purchases import checkout_of
from orders.services import payment
from orders.services.bundles import order_bundles, unpacked
from orders.services.charges import charge
from orders.services.credits import CreditWish, spend_credit, total_of
from orders.services.delivering import refuse_undeliverable
from orders.services.duties import freeze_duties
from orders.services.hoarding import refuse_hoarding
from orders.services.order_rows import Buyer, Means, Quote, new_checkout, new_line, new_order
from orders.services.quotes import use_quotes
from orders.services.trade import bought_for
from orders.services.ways import NO_WAYS, Ways, keep_ways, look_up, note_stores

# PostgreSQL's lock_not_available, deadlock_detected and serialization_failure.
LOST_WAITS = {"55P03", "40P01", "40001"}


def place_order(
    *,
    cart_id: uuid.UUID,
    key: uuid.UUID,
    buyer: Buyer,
    points: int,
    expected_total_minor: int,
    at: dt.datetime,
    conversion: Conversion | None = None,
    credit: Sequence[CreditWish] = (),
) -> Checkout:
    """Turn a cart into an unpaid purchase with one order per merchant, at today's prices; stock and points are held.

    `key` becomes the purchase's id, so the same call again, also at the same moment, returns the same purchase.
    `points` pay part of the goods. `expected_total_minor` is the total the shopper saw. The stock rows, which many
    buyers fight over, are taken last. The deadline for paying is stamped by the database's clock.

    Args:
        conversion: into the currency of the whole purchase, which keeps its rates; the shop's own currency unless given.
        credit: what gift cards and store credit pay of the total. Where they pay all of it the purchase is paid at once.

    Raises:
        CheckoutNotFound: the key, or the cart, is another person's.
        CartEmpty, VariantUnavailable, BundleIncomplete, NotInCurrency, InvalidQuantity, QuantityNotSold, SoldOut: the cart cannot
            be bought as it is.
        BondedLimitExceeded: more goods out of bond than one purchase may hold.
        NotSentThere: nothing of one line lies where it is sent to this address from.
        NotAtStore: the store that was chosen has too little of it.
        PickupNotOffered, SlotNotOffered, SlotFull: the way that was chosen cannot be had any more.
        PriceChanged: the total is no longer the one that was seen, because a price or a rate has changed.
        QuoteNotUsable: a price agreed with a merchant is no longer good.
        PointsNotAllowed: more points than may be used.
        CreditExceedsTotal, AmountNotInSteps, InsufficientCredit, GiftCardBlocked, GiftCardExpired: the credit cannot be used so.
        AnswersNeeded: a product asks for something by now that was not answered.
        AddressNeeded, ConsentNeeded: something is to be sent, or downloaded, and the buyer has not said what that needs.
        TooManyUnpaid: too much is kept for this buyer already.
        PurchaseNumberInvalid: the company's own number for the purchase is too long.
        Busy: others held the same rows for too long, twice.
    """
    try:
        means = Means(points, credit, conversion or own(settings.CURRENCY))
        return _place_patiently(cart_id, key, buyer, means, expected_total_minor, at)
    except IntegrityError:
        # The same key came in from two carts at once; the first one's purchase is visible now.
        placed = _placed_before(key, cart_id, buyer)
        if placed is None:
            raise
        return placed


def _place_patiently(
    cart_id: uuid.UUID, key: uuid.UUID, buyer: Buyer, means: Means, expected_total_minor: int, at: dt.datetime
) -> Checkout:
    """A lost wait for a lock is worth one more try: the rows that everybody wants are free again in milliseconds."""
    for _ in range(2):
        try:
            with transaction.atomic():
                return _place(cart_id, key, buyer, means, expected_total_minor, at)
        except StaleState:
            continue
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", "") not in LOST_WAITS:
                raise
    raise Busy


def _place(cart_id: uuid.UUID, key: uuid.UUID, buyer: Buyer, means: Means, expected_total_minor: int, at: dt.datetime) -> Checkout:
    # Callers with the same cart queue here, so the one behind finds the purchase of the one before.
    cart = first(_locked_cart(cart_id))
    if placed := _placed_before(key, cart_id, buyer):
        return placed
    if cart is None or cart.user_id not in {None, buyer.user_id}:
        raise CheckoutNotFound if cart else CartEmpty
    refuse_hoarding(buyer.user_id, buyer.email)
    conversion = means.conversion
    bought = bought_for(company_id=buyer.company_id, user_id=buyer.user_id, number=buyer.purchase_number, at=at)
    wanted = _wanted(cart, conversion, bought.trader)
    ways = look_up(buyer.ways, list(rules.shipped_by_merchant(wanted))) if buyer.ways else NO_WAYS
    sent = [line for line in wanted if line.variant.is_digital or not ways.is_picked_up(line.variant.merchant_id)]
    refuse_undeliverable(sent, address=buyer.address, has_consent=buyer.wants_digital_now)
    # Weighed as the cart shows it: sets as they are.
    loads = rules.loads_by_merchant(wanted)
    quote = replace(_quote(unpacked(wanted, conversion), loads, buyer, means.points, at, conversion, ways), bought_for=bought)
    if quote.total_minor != expected_total_minor:
        total = Money(quote.total_minor, conversion.currency)
        raise PriceChanged(total=total.format(get_language() or buyer.language), total_minor=quote.total_minor)
    checkout = new_checkout(cart, key, buyer, quote, cart.clock, at)
    checkout.credit_minor = total_of(means.credit, most=Money(checkout.total_minor, conversion.currency))
    orders = _write(checkout, quote, buyer, at)
    agreed = [line for line in wanted if line.quote_id is not None]
    use_quotes(checkout_id=checkout.pk, user_id=buyer.user_id, lines=agreed, at=cart.clock)
    spend_credit(checkout, means.credit, at)
    _take(checkout, orders, quote, at)
    if means.credit and not checkout.due_minor:
        payment.settle_with_credit(checkout, at)
    return checkout


@compiled
def _locked_cart(cart_id: uuid.UUID) -> QuerySet[Any]:
    return Cart.objects.select_for_update().filter(pk=cart_id).annotate(clock=Now())


def _placed_before(key: uuid.UUID, cart_id: uuid.UUID, buyer: Buyer) -> Checkout | None:
    placed = checkout_of(key)
    if placed is None:
        return None
    is_same_member = placed.user_id is not None and placed.user_id == buyer.user_id
    if not is_same_member and (placed.placed_from != cart_id or placed.user_id is not None):
        raise CheckoutNotFound
    return placed


def _wanted(cart: Cart, conversion: Conversion, trader: Trader | None) -> list[rules.WantedLine]:
    lines = lines_of(cart.pk)
    if not lines:
        raise CartEmpty
    variants = sellable_variants([line.variant_id for line in lines], conversion, trader)
    wanted = []
    for line in lines:
        variant = variants.get(line.variant_id)
        if variant is not None and not variant.is_complete:
            raise BundleIncomplete(title=variant.title_in(get_language() or "en"))
        if variant is None or not variant.is_sellable:
            raise VariantUnavailable(title=variant.title_in(get_language() or "en") if variant else "")
        if (variant.currency if line.quote_id is None else line.seen_currency) != conversion.currency:
            raise NotInCurrency(title=variant.title_in(get_language() or "en"), currency=conversion.currency)
        quantity = rules.quantity_of(line.quantity, settings.CART_MAX_QUANTITY)
        if line.quote_id is None and not quantity_fits(quantity, variant.min_quantity, variant.quantity_step):
            title = variant.title_in(get_language() or "en")
            raise QuantityNotSold(title=title, least=variant.min_quantity, step=variant.quantity_step)
        if line.quote_id is None and not is_answered(variant.asked, line.answers):
            raise AnswersNeeded(title=variant.title_in(get_language() or "en"))
        wanted.append(rules.WantedLine(variant, quantity, line.agreed_minor, line.quote_id, answers=line.answers))
    return wanted


def _quote(
    wanted: Sequence[rules.WantedLine],
    loads: Mapping[uuid.UUID, Load],
    buyer: Buyer,
    points: int,
    at: dt.datetime,
    conversion: Conversion,
    ways: Ways,
) -> Quote:
    goods = rules.goods_by_merchant(wanted)
    if points:
        balance = loyalty_selectors.balance(buyer.user_id, at) if buyer.user_id else 0
        most = loyalty_rules.max_points(sum(goods.values()), balance, conversion=conversion)
        if not 0 < points <= most:
            raise PointsNotAllowed(most=most)
    sent = rules.shipped_by_merchant(wanted)
    shipping = shipping_quote(sent, conversion, Destination(buyer.country, buyer.postcode), loads) if sent else {}
    shipping = {**shipping, **ways.fees(conversion)}
    worth = loyalty_rules.value_minor(points, conversion=conversion)
    return Quote(rules.quoted_orders(wanted, shipping, points, worth, currency=conversion.currency), points, conversion, ways=ways)


def _write(checkout: Checkout, quote: Quote, buyer: Buyer, at: dt.datetime) -> list[MerchantOrder]:
    orders = [new_order(checkout, number, quoted, quote.conversion, at) for number, quoted in enumerate(quote.orders, start=1)]
    note_stores(orders, quote.ways)
    lines = [new_line(order, line) for order, quoted in zip(orders, quote.orders, strict=True) for line in quoted.lines]
    commissions = charge(orders=orders, lines=lines, quotes=quote.orders, country=buyer.country, at=at)
    insert([checkout])
    insert(orders)
    insert(order_bundles(orders, quote.orders))
    insert(lines)
    insert(commissions)
    write_changes(record_change(row, "", row.status, actor=buyer.actor, reason="", at=at) for row in (checkout, *orders))
    return orders


def _take(checkout: Checkout, orders: Sequence[MerchantOrder], quote: Quote, at: dt.datetime) -> None:
    """Empty the cart, tell, take points, and as the very last writes the stock: others wait for those rows until we commit."""
    remove(CartLine, {"cart": checkout.placed_from})
    outbox.publish(CheckoutPlaced(checkout_id=str(checkout.pk)))
    if quote.points and checkout.user_id:
        shares = {order.pk: quoted.points for order, quoted in zip(orders, quote.orders, strict=True) if quoted.points}
        loyalty.redeem(user_id=checkout.user_id, shares=shares, at=at)
    pairs = [(order, line) for order, quoted in zip(orders, quote.orders, strict=True) for line in quoted.sent_lines]
    if not pairs:
        return
    sources = keep_ways(orders, quote.ways, Destination(checkout.country, checkout.postcode), at) if quote.ways.chosen else {}
    try:
        reserved = logistics.reserve(
            reference=checkout.pk,
            lines=[_promise(order, line, sources) for order, line in pairs],
            expires_at=checkout.expires_at,
            at=at,
            destination=Destination(checkout.country, checkout.postcode),
        )
    except OutOfStock as error:
        _refuse_store(checkout, pairs, error, sources)
        raise SoldOut(title=_title(checkout, pairs, error.variant_id), available=error.available) from error
    except NotServed as error:
        raise NotSentThere(title=_title(checkout, pairs, error.variant_id), country=country(checkout.country)) from error
    freeze_duties(orders=orders, quote=quote, reserved=reserved, country=checkout.country, at=at)


def _promise(order: MerchantOrder, line: rules.WantedLine, sources: Mapping[uuid.UUID, Warehouse]) -> logistics.ReservationLine:
    only_from = sources[order.pk].code if order.pk in sources else ""
    return logistics.ReservationLine(order.pk, order.merchant_id, line.variant.variant_id, line.quantity, only_from)


def _refuse_store(
    checkout: Checkout, pairs: Sequence[tuple[MerchantOrder, rules.WantedLine]], error: OutOfStock, sources: Mapping[uuid.UUID, Warehouse]
) -> None:
    """Raises NotAtStore where the place was chosen: elsewhere there may be more."""
    store = next((sources.get(order.pk) for order, line in pairs if line.variant.variant_id == error.variant_id), None)
    if store is not None:
        title = _title(checkout, pairs, error.variant_id)
        raise NotAtStore(store=store.text("name"), title=title, available=error.available) from error


def _title(checkout: Checkout, pairs: Sequence[tuple[MerchantOrder, rules.WantedLine]], variant_id: uuid.UUID) -> str:
    variants = (line.variant for _, line in pairs if line.variant.variant_id == variant_id)
    return next((variant.title_in(get_language() or checkout.language) for variant in variants), "")
