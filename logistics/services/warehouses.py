"""Where a merchant keeps goods and what it charges for sending them."""

import datetime as dt
import uuid
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core import outbox
from core.countries import COUNTRIES
from logistics.errors import CodeTaken, InvalidRate, InvalidWarehouse, NotFound
from logistics.events import PromisesToMove
from logistics.models import ShippingRate, Stock, Warehouse
from logistics.rules.places import EVERY_DAY, Zone, squeezed
from logistics.services.showcase import refresh_in_stock
from merchants.models import Merchant

MOST_ZONES, MOST_PREFIXES, MOST_HOLIDAYS = 50, 500, 200
LONGEST_PREFIX = 10
MOST_COST = 10**9


@dataclass(frozen=True, slots=True)
class Terms:
    """Whom a warehouse serves, when it sends and what a parcel from it costs the merchant, in minor units of the shop's currency.

    No zones: it sends everywhere. `working_days` are ISO weekdays, `cut_off` and the days are by the clock of `time_zone`.
    """

    latitude: Decimal | None = None
    longitude: Decimal | None = None
    zones: Sequence[Zone] = ()
    parcel_cost_minor: int = 0
    cut_off: dt.time | None = None
    time_zone: str = "Asia/Shanghai"
    working_days: Sequence[int] = EVERY_DAY
    holidays: Sequence[dt.date] = ()
    priority: int = 10
    low_stock_at: int = 5


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
    """A new, active warehouse that serves everywhere; `priority` lowest first, `code` unique per merchant.

    Raises:
        CodeTaken: the merchant has a warehouse of this code.
    """
    values = {"code": code, "name": name, "kind": kind, "city": city, "postcode": postcode, "country": country, "priority": priority}
    try:
        with transaction.atomic():
            return Warehouse.objects.create(merchant=merchant, i18n=i18n or {}, cost_currency=settings.CURRENCY, **values)
    except IntegrityError as error:
        raise CodeTaken(code=code) from error


def set_warehouse_terms(*, warehouse_id: uuid.UUID, terms: Terms, merchant_id: uuid.UUID | None = None) -> None:
    """Say whom a warehouse serves, when and at what cost; what is promised already stays where it is.

    Raises:
        InvalidWarehouse: a position, country, postcode prefix, cost, time zone or calendar that cannot be.
        NotFound: there is no such warehouse (of this merchant, when `merchant_id` is given).
    """
    for is_wrong, field in _wrong(terms):
        if is_wrong:
            raise InvalidWarehouse(field=field)
    rows = Warehouse.objects.filter(pk=warehouse_id)
    if merchant_id is not None:
        rows = rows.filter(merchant_id=merchant_id)
    zones = [{"country": zone.country, "prefixes": sorted({squeezed(prefix) for prefix in zone.prefixes})} for zone in terms.zones]
    if not rows.update(
        latitude=terms.latitude, longitude=terms.longitude, zones=zones, parcel_cost_minor=terms.parcel_cost_minor,
        cost_currency=settings.CURRENCY, cut_off=terms.cut_off, time_zone=terms.time_zone, priority=terms.priority,
        low_stock_at=terms.low_stock_at,
        working_days=sorted(set(terms.working_days)), holidays=sorted({day.isoformat() for day in terms.holidays}),
    ):  # fmt: skip
        raise NotFound


def _wrong(terms: Terms) -> list[tuple[bool, str]]:
    """What can be wrong about them, and whether it is."""
    prefixes = [squeezed(prefix) for zone in terms.zones for prefix in zone.prefixes]
    return [
        ((terms.latitude is None) != (terms.longitude is None), _("a position needs both latitude and longitude")),
        (not -90 <= (terms.latitude or 0) <= 90, _("latitude")),
        (not -180 <= (terms.longitude or 0) <= 180, _("longitude")),
        (len(terms.zones) > MOST_ZONES or any(zone.country not in COUNTRIES for zone in terms.zones), _("country")),
        (len(prefixes) > MOST_PREFIXES or not all(0 < len(prefix) <= LONGEST_PREFIX for prefix in prefixes), _("postcode prefix")),
        (not 0 <= terms.parcel_cost_minor <= MOST_COST, _("cost per parcel")),
        (terms.time_zone not in zoneinfo.available_timezones(), _("time zone")),
        (not terms.working_days or not set(terms.working_days) <= set(EVERY_DAY), _("working days")),
        (len(terms.holidays) > MOST_HOLIDAYS, _("holidays")),
        (not 0 <= terms.priority <= 32_767 or not 0 <= terms.low_stock_at <= 1_000_000, _("priority")),
    ]


@transaction.atomic
def move_promises(*, warehouse_id: uuid.UUID, stock_id: uuid.UUID | None = None, merchant_id: uuid.UUID | None = None) -> None:
    """Ask that what is promised from a warehouse, or from one of its stock rows, is sent from elsewhere: whoever knows the addresses
    plans those orders again, one by one. What no other warehouse has stays.

    Raises:
        NotFound: there is no such warehouse or row (of this merchant, when `merchant_id` is given).
    """
    rows = Warehouse.objects.filter(pk=warehouse_id, **({} if merchant_id is None else {"merchant_id": merchant_id}))
    if stock_id is not None:
        rows = rows.filter(stock=stock_id)
    if not rows.exists():
        raise NotFound
    outbox.publish(PromisesToMove(place_id=str(stock_id or warehouse_id)))


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


def set_shipping_rate(
    *, merchant: Merchant, currency: str, flat_minor: int, free_over_minor: int | None = None, bears_duties: bool = False
) -> ShippingRate:
    """What the merchant charges for sending one order, in minor units; free from `free_over_minor` of goods upward.

    Args:
        bears_duties: it pays import charges abroad itself (DDP); else buyers do on arrival (DAP).

    Raises:
        InvalidRate: an amount is negative.
    """
    if flat_minor < 0 or (free_over_minor is not None and free_over_minor < 0):
        raise InvalidRate
    values = {"currency": currency, "flat_minor": flat_minor, "free_over_minor": free_over_minor, "bears_duties": bears_duties}
    rate, _made = ShippingRate.objects.update_or_create(merchant=merchant, defaults=values)
    return rate
