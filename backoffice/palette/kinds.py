"""What is looked up in the database, kind by kind. Each narrows by an index: no large table is read from end to end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from django.db.models import F, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, User
from backoffice.palette.rows import MOST_OF_A_KIND, Asked, Kind
from catalog.models import Product, ProductCard, Variant
from catalog.selectors.find import having_words
from core.backoffice.fields import SECOND_LANGUAGE
from logistics.models import PurchaseOrder, Shipment, StockCount, Transfer
from merchants.models import Merchant, MerchantApplication
from orders.models import AfterSalesCase, Checkout, MerchantOrder
from orders.states import OrderStatus
from payments.gateways import gateway_codes
from payments.models import PaymentAttempt, PayoutStatement, Refund

UNPAID = (OrderStatus.AWAITING_PAYMENT, OrderStatus.EXPIRED)
Found = Iterator[QuerySet[Any]]
LEAST_OF_A_NAME = 2


def _numbered(model: type[Model]) -> Callable[[Asked], Found]:
    """Rows whose number begins with what was typed."""

    def find(asked: Asked) -> Found:
        if asked.term.number:
            yield asked.rows(model).filter(number__startswith=asked.term.number)

    return find


def _orders(asked: Asked) -> Found:
    """An order is the merchant's business once it is paid."""
    for rows in _numbered(MerchantOrder)(asked):
        yield rows.exclude(status__in=UNPAID) if asked.merchant else rows
    if asked.term.key:
        rows = asked.rows(MerchantOrder).filter(pk=asked.term.key)
        yield rows.exclude(status__in=UNPAID) if asked.merchant else rows


def _purchases(asked: Asked) -> Found:
    yield from _numbered(Checkout)(asked)
    if "@" in asked.term.address:
        guests = Checkout.objects.filter(user=None).annotate(lower=Lower("email"))
        yield guests.filter(lower=asked.term.address)
    if asked.term.key:
        yield Checkout.objects.filter(pk=asked.term.key)


def _products(asked: Asked) -> Found:
    """By the words of titles and SKUs in either language, the last of which may be unfinished."""
    if len(asked.term.text) >= LEAST_OF_A_NAME or not asked.term.text.isascii():
        cards = having_words(asked.rows(ProductCard), asked.term.text)
        yield asked.rows(Product).filter(pk__in=cards.values("pk")[:MOST_OF_A_KIND])
    if asked.term.key:
        yield asked.rows(Product).filter(pk=asked.term.key)


def _parcels(asked: Asked) -> Found:
    if asked.term.code:
        yield asked.rows(Shipment).filter(tracking_number__in={asked.term.code, asked.term.code.upper(), asked.term.text})


def _statements(asked: Asked) -> Found:
    if asked.term.ordinal is not None and asked.merchant:
        yield asked.rows(PayoutStatement).filter(number=asked.term.ordinal).order_by("-due_at")
    if asked.term.day and asked.merchant:
        yield asked.rows(PayoutStatement).filter(due_at__date=asked.term.day)


def _payments(asked: Asked) -> Found:
    """By the provider's number, our key, or the number of the purchase that was paid."""
    if asked.term.code:
        yield PaymentAttempt.objects.filter(gateway__in=gateway_codes(), provider_id=asked.term.code)
    if asked.term.key:
        yield PaymentAttempt.objects.filter(pk=asked.term.key)
    if asked.term.number:
        yield PaymentAttempt.objects.filter(reference__in=_purchases_of(asked))


def _refunds(asked: Asked) -> Found:
    if asked.term.code:
        yield Refund.objects.filter(provider_id=asked.term.code)
    if asked.term.key:
        yield Refund.objects.filter(pk=asked.term.key)
    if asked.term.number:
        yield Refund.objects.filter(attempt__reference__in=_purchases_of(asked))


def _purchases_of(asked: Asked) -> Any:
    """Keys of the purchases whose number was typed, or that of an order in them."""
    return Checkout.objects.filter(number__startswith=asked.term.number[:14]).values("pk")[:20]


def _people(asked: Asked) -> Found:
    if asked.term.address:
        yield User.objects.filter(email__startswith=asked.term.address)
    if asked.term.key:
        yield User.objects.filter(pk=asked.term.key)


def _named(model: type[Model], *fields: str) -> Callable[[Asked], Found]:
    """Rows of a table of thousands, by a part of a name."""

    def find(asked: Asked) -> Found:
        if len(asked.term.text) >= LEAST_OF_A_NAME or not asked.term.text.isascii():
            asks = Q()
            for field in fields:
                asks |= Q(**{f"{field}__icontains": asked.term.text})
            yield model._default_manager.filter(asks).order_by("name")

    return find


def _first_sku() -> Any:
    return Subquery(Variant.objects.filter(product=OuterRef("pk")).order_by("pk").values("sku")[:1])


def _in_language(field: str) -> Callable[[], Any]:
    """A translated column in the language of whoever asks."""

    def written() -> Any:
        return Coalesce(NullIf(KT(f"i18n__{get_language() or 'en'}__{field}"), Value("")), F(field))

    return written


_ORDERS = Kind(MerchantOrder, _("Orders"), "receipt_long", _orders, "number", "checkout__name", "status")
_PRODUCTS = Kind(Product, _("Products"), "sell", _products, _in_language("title"), _first_sku, "status")
_PARCELS = Kind(Shipment, _("Parcels"), "local_shipping", _parcels, "tracking_number", "carrier", "status")
_CASES = Kind(AfterSalesCase, _("Returns"), "assignment_return", _numbered(AfterSalesCase), "number", "order__checkout__name", "status")
MERCHANT_KINDS = (
    _ORDERS,
    _PRODUCTS,
    _PARCELS,
    _CASES,
    Kind(PayoutStatement, _("Statements"), "request_quote", _statements, "number", "currency"),
    Kind(PurchaseOrder, _("Purchase orders"), "shopping_cart_checkout", _numbered(PurchaseOrder), "number", "supplier__name", "status"),
    Kind(Transfer, _("Transfers"), "swap_horiz", _numbered(Transfer), "number", "note", "status"),
    Kind(StockCount, _("Stock counts"), "fact_check", _numbered(StockCount), "number", "note", "status"),
)
OPERATOR_KINDS = (
    replace(_ORDERS, detail="merchant__name"),
    Kind(Checkout, _("Purchases"), "shopping_cart", _purchases, "number", "email", "status"),
    Kind(
        Merchant,
        _("Merchants"),
        "storefront",
        _named(Merchant, "name", "slug", f"i18n__{SECOND_LANGUAGE}__name"),
        _in_language("name"),
        "slug",
    ),
    Kind(MerchantApplication, _("Applications"), "person_add", _named(MerchantApplication, "name", "email"), "name", "email", "status"),
    replace(_PRODUCTS, detail="merchant__name"),
    Kind(User, _("Users"), "group", _people, "email", "name"),
    Kind(Company, _("Companies"), "apartment", _named(Company, "name", "number"), "name", "number"),
    Kind(PaymentAttempt, _("Payments"), "credit_card", _payments, "description", "gateway", "status"),
    Kind(Refund, _("Refunds"), "undo", _refunds, "attempt__description", "reason", "status"),
    replace(_CASES, detail="merchant__name"),
    replace(_PARCELS, detail="merchant__name"),
)
