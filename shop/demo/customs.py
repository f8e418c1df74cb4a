"""What crosses borders in the demo: customs numbers, rates that are examples, a warehouse abroad, a bonded one, an order to Berlin."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction

from catalog.models import Product, Variant
from core.exchange.selectors import conversion_to
from logistics.models import CustomsRegime, DutyRate, Stock, Warehouse
from logistics.rules import Destination, Zone
from logistics.services.stock import Receipt, correct_stock, receive_many
from logistics.services.warehouses import Terms, create_warehouse, set_warehouse_terms
from logistics.services.zones import ZonePrice, save_shipping_zone
from merchants.models import Merchant
from orders.models import Checkout
from orders.selectors import cart_view
from orders.services.carts import add_to_cart
from orders.services.checkout import place_order
from orders.services.order_rows import Buyer
from orders.services.payment import settle, start_payment
from payments.services.sandbox import decide
from shop.demo.history import OFTEN
from shop.demo.market import ACTOR, person
from shop.demo.source import CHINESE

KEY = uuid.uuid5(uuid.UUID("0d6f3a52-7a8e-4f0b-8a53-1f5b7e7f2c11"), "Anna Weber")
# Invented for the demo: nobody should pay duty by them.
SOURCE = "Example, not official"
BEGUN = dt.date(2026, 1, 1)
# Destination, base, tax, currency, no duty up to, no tax up to, most out of bond; in minor units.
REGIMES = (
    ("DE", "cif", "vat", "EUR", 15_000, 0, None),
    ("FR", "cif", "vat", "EUR", 15_000, 0, None),
    ("NL", "cif", "vat", "EUR", 15_000, 0, None),
    ("JP", "cif", "consumption", "JPY", 10_000, 10_000, None),
    ("US", "goods", "sales", "USD", 0, 0, None),
    ("CN", "cif", "vat", "CNY", 0, 0, 500_000),
)
# Import tax, and out of bond, in basis points.
TAXES = {"DE": (1_900, 1_900), "FR": (2_000, 2_000), "NL": (2_100, 2_100), "JP": (1_000, 1_000), "US": (0, 0), "CN": (1_300, 910)}
# HS prefix and duty in basis points, the same everywhere but for a little; bonded goods pay none in China.
DUTIES = {
    "8517": 0, "8471": 0, "91": 450, "33": 200, "3303": 0, "61": 1_200, "62": 1_200, "64": 800, "42": 370, "71": 400, "90": 290,
    "94": 0, "95": 270, "73": 320, "83": 250,
}  # fmt: skip
MORE = {"JP": -100, "US": 500, "CN": 300}
OVERSEAS, BONDED = "DE-O1", "NB-B1"
EUROPE = ("DE", "FR", "NL", "ES", "IT", "IE")
BUYERS_TOWN = ("Anna Weber", "Berlin", "10115", "Torstraße 8")


def announce() -> None:
    """Fill the tables of customs rules and duty rates."""
    if CustomsRegime.objects.exists():
        return
    names = ("country", "base", "tax_kind", "currency", "duty_free_minor", "tax_free_minor", "bonded_most_minor")
    CustomsRegime.objects.bulk_create(
        CustomsRegime(**dict(zip(names, row, strict=True)), valid_from=BEGUN, source=SOURCE) for row in REGIMES
    )
    DutyRate.objects.bulk_create(
        DutyRate(
            country=country,
            hs_prefix=prefix,
            duty_bps=max(duty + MORE.get(country, 0), 0),
            tax_bps=tax,
            bonded_tax_bps=bonded,
            valid_from=BEGUN,
            source=SOURCE,
        )
        for country, (tax, bonded) in TAXES.items()
        for prefix, duty in DUTIES.items()
    )


@transaction.atomic
def open_borders(now: dt.datetime) -> None:
    """Goods that lie abroad, and goods that lie in bond; again changes nothing."""
    if Warehouse.objects.filter(code__in=(OVERSEAS, BONDED)).exists():
        return
    shop = Merchant.objects.filter(slug=OFTEN).first()
    if shop is not None:
        _lie_abroad(shop, now)
        _charge_for_bulk(shop)
    perfumer = Merchant.objects.filter(variants__hs_code__startswith="3303").order_by("slug").first()
    if perfumer is not None:
        _lie_in_bond(perfumer, now)


def _lie_abroad(shop: Merchant, now: dt.datetime) -> None:
    """A few of the shop's articles are sent to the rest of Europe from Duisburg."""
    house = create_warehouse(
        merchant=shop, code=OVERSEAS, name="Duisburg overseas warehouse", kind=Warehouse.Kind.OVERSEAS, city="Duisburg", postcode="47051",
        country="DE", priority=40, i18n={CHINESE: {"name": "杜伊斯堡海外仓", "city": "杜伊斯堡"}},
    )  # fmt: skip
    zones = [Zone(country) for country in EUROPE]
    set_warehouse_terms(
        warehouse_id=house.pk, terms=Terms(zones=zones, priority=40, time_zone="Europe/Berlin", working_days=(1, 2, 3, 4, 5))
    )
    variants = _coded(shop)[3:7]
    receive_many(receipts=[Receipt(variant, house, 12) for variant in variants], actor=ACTOR, at=now, note="sea freight")


def _charge_for_bulk(shop: Merchant) -> None:
    """What is large and light costs by the room it takes."""
    price = ZonePrice(
        name="美加 US, CA",
        zones=[Zone("US"), Zone("CA")],
        way="weight",
        flat_minor=900,
        step_minor=250,
        step=500,
        position=5,
        divisor=6_000,
    )
    save_shipping_zone(merchant_id=shop.pk, price=price)


def _lie_in_bond(shop: Merchant, now: dt.datetime) -> None:
    """Two imported perfumes lie in the Ningbo free trade zone and nowhere else."""
    house = create_warehouse(
        merchant=shop, code=BONDED, name="Ningbo bonded warehouse", kind=Warehouse.Kind.BONDED, city="Ningbo", postcode="315800",
        country="CN", priority=30, i18n={CHINESE: {"name": "宁波保税仓", "city": "宁波"}},
    )  # fmt: skip
    set_warehouse_terms(warehouse_id=house.pk, terms=Terms(zones=[Zone("CN")], priority=30))
    for variant in Variant.objects.filter(merchant=shop, hs_code__startswith="3303", is_bundle=False).order_by("sku")[:2]:
        for row in Stock.objects.filter(variant=variant):
            correct_stock(stock_id=row.pk, on_hand=row.reserved, expected_on_hand=None, actor=ACTOR, at=now, note="moved into bond")
        receive_many(receipts=[Receipt(variant, house, 40)], actor=ACTOR, at=now, note="bonded import")


def buy_from_abroad(now: dt.datetime) -> None:
    """A paid order to Berlin waits to be sent, with its estimate and a customs declaration to be printed."""
    shop = Merchant.objects.filter(slug=OFTEN).first()
    variants = _coded(shop)[:2] if shop is not None else []
    if not variants or Checkout.objects.filter(pk=KEY).exists():
        return
    name, city, postcode, street = BUYERS_TOWN
    user, moment = person("anna.weber@shoppers.example", name), now - dt.timedelta(hours=5)
    for variant in variants:
        cart = add_to_cart(user=user, token=None, variant_id=variant.pk, quantity=1, at=moment)
    buyer = Buyer(
        user_id=user.pk, email=user.email, language="en", name=name, phone="+49 30 5555 0100", address=street, city=city, postcode=postcode,
        country="DE",
    )  # fmt: skip
    # The thresholds of customs are in euro.
    conversion = conversion_to(settings.CURRENCY, now.date())
    total = cart_view(cart, "en", conversion, destination=Destination("DE", postcode)).total_minor
    checkout = place_order(cart_id=cart.pk, key=KEY, buyer=buyer, points=0, expected_total_minor=total, at=moment, conversion=conversion)
    attempt = start_payment(checkout=checkout, gateway="sandbox", return_url="http://localhost/", at=moment)
    decide(payment_id=uuid.UUID(attempt.provider_id), decision="approve", at=moment)
    settle(checkout_id=KEY, at=moment)


def _coded(shop: Merchant) -> list[Variant]:
    """The shop's articles with a customs number of which there are enough, the cheapest first."""
    goods = Variant.objects.filter(merchant=shop, is_active=True, is_bundle=False, product__status=Product.Status.PUBLISHED)
    rows = goods.exclude(hs_code="").filter(stock__on_hand__gt=5, product__is_digital=False).order_by("price_minor", "pk").distinct()
    return list(rows[:8])
