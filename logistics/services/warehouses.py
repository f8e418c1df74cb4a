"""Where a merchant keeps goods and what it charges for sending them."""

import uuid

from django.db import transaction

from logistics.errors import InvalidRate, NotFound
from logistics.models import ShippingRate, Stock, Warehouse
from logistics.services.showcase import refresh_in_stock
from merchants.models import Merchant


def create_warehouse(  # noqa: PLR0913  a place is described by many words
    *,
    merchant: Merchant,
    code: str,
    name: str,
    kind: str,
    city: str,
    postcode: str = "",
    country: str = "CN",
    priority: int = 10,
    i18n: dict[str, dict[str, str]] | None = None,
) -> Warehouse:
    """A new, active warehouse; `priority` lowest first, `code` unique per merchant."""
    return Warehouse.objects.create(
        merchant=merchant,
        code=code,
        name=name,
        kind=kind,
        city=city,
        postcode=postcode,
        country=country,
        priority=priority,
        i18n=i18n or {},
    )


@transaction.atomic
def open_first_warehouse(*, merchant_id: uuid.UUID) -> Warehouse | None:
    """A warehouse at the shop's own address; None where the shop has one, or does not exist."""
    merchant = Merchant.objects.select_for_update(no_key=True).filter(pk=merchant_id).first()
    if merchant is None or Warehouse.objects.for_merchant(merchant).exists():
        return None
    is_store = merchant.kind == Merchant.Kind.LOCAL_STORE
    name, name_zh = ("Store", "门店") if is_store else ("First warehouse", "首仓")
    return create_warehouse(
        merchant=merchant,
        code="MAIN",
        name=name,
        kind=Warehouse.Kind.STORE if is_store else Warehouse.Kind.CENTRAL,
        city=merchant.city,
        country=merchant.country,
        i18n={"zh-hans": {"name": name_zh}},
    )


@transaction.atomic
def set_warehouse_active(*, warehouse_id: uuid.UUID, is_active: bool, merchant_id: uuid.UUID | None = None) -> None:
    """Open or close a warehouse for new purchases; what it has promised it still sends.

    Raises:
        NotFound: there is no such warehouse (of this merchant, when `merchant_id` is given).
    """
    rows = Warehouse.objects.filter(pk=warehouse_id)
    if merchant_id is not None:
        rows = rows.filter(merchant_id=merchant_id)
    if not rows.update(is_active=is_active):
        raise NotFound
    refresh_in_stock(variant_ids=list(Stock.objects.filter(warehouse_id=warehouse_id).values_list("variant_id", flat=True)))


def set_shipping_rate(*, merchant: Merchant, currency: str, flat_minor: int, free_over_minor: int | None = None) -> ShippingRate:
    """What the merchant charges for sending one order, in minor units; free from `free_over_minor` of goods upward.

    Raises:
        InvalidRate: an amount is negative.
    """
    if flat_minor < 0 or (free_over_minor is not None and free_over_minor < 0):
        raise InvalidRate
    values = {"currency": currency, "flat_minor": flat_minor, "free_over_minor": free_over_minor}
    rate, _ = ShippingRate.objects.update_or_create(merchant=merchant, defaults=values)
    return rate
