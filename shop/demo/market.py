"""Opens the demo's shops and puts their goods on the shelves, through the services a merchant's own clicks would call."""

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import User
from catalog.models import Brand, Category, Product
from catalog.rules.slugs import slug_base
from catalog.services.categories import create_category
from catalog.services.products import create_product, publish_product
from logistics.models import Warehouse
from logistics.services.stock import Receipt, receive_many
from logistics.services.warehouses import create_warehouse, set_shipping_rate
from merchants.models import CommissionPlan, Membership, Merchant
from merchants.services.merchants import create_merchant
from merchants.services.teams import set_member
from shop.demo import gallery, source

ACTOR = "system:demo"
# Marketplaces ask companies for a share that depends on the trade.
PLANS = {
    ("self_operated", 0): "Own shop", ("company", 500): "Electronics", ("company", 800): "Fashion", ("company", 700): "Beauty",
    ("company", 300): "Vehicles", ("individual", 400): "Individuals", ("local_store", 300): "Local stores: food",
    ("local_store", 400): "Local stores: household",
}  # fmt: skip
ROLES = {"owner": Membership.Role.OWNER, "staff": Membership.Role.FULFILMENT}


def person(email: str, name: str, *, language: str = "en", is_operator: bool = False) -> User:
    """A user with the demo password, or without a usable one where it is nobody's login."""
    user = User.objects.filter(email=email).first() or User(email=email)
    user.name, user.language, user.is_staff, user.is_superuser = name, language, is_operator, is_operator
    if email.endswith("@demo.jishi"):
        user.set_password(settings.DEMO_PASSWORD)
    else:
        user.set_unusable_password()
    user.save()
    return user


def open_shops() -> dict[str, Merchant]:
    """All merchants with teams, warehouses and shipping rates, by slug."""
    known = {merchant.slug: merchant for merchant in Merchant.objects.all()}
    return {row["slug"]: known.get(row["slug"]) or _open_shop(row) for row in source.rows("merchants")}


@transaction.atomic
def _open_shop(row: dict[str, Any]) -> Merchant:
    plan, _ = CommissionPlan.objects.get_or_create(
        name=PLANS[row["kind"], row["commission_bps"]], defaults={"rate_bps": row["commission_bps"]}
    )
    number = f"91330100MA{uuid.uuid5(uuid.NAMESPACE_DNS, row['slug']).hex[:8].upper()}"
    fields = {name: row[name] for name in ("city", "country", "latitude", "longitude", "opening_hours", "handling_days", "description")}
    merchant = create_merchant(
        name=row["name"], kind=row["kind"], slug=row["slug"], commission_plan=plan, email=row["members"][0]["email"],
        address=row["address"] or "", logo=gallery.logo(row), cash_on_delivery=row.get("cash_on_delivery", False),
        tax_number=number, i18n=source.chinese(row, "name", "description", "city", "address"), **fields,
    )  # fmt: skip
    for member in row["members"]:
        set_member(merchant=merchant, user=person(member["email"], member["name"], language="zh-hans"), role=ROLES[member["role"]])
    for priority, house in enumerate(row["warehouses"]):
        names = {field: house[field] for field in ("code", "name", "kind", "city", "postcode", "country")}
        create_warehouse(merchant=merchant, priority=10 * (priority + 1), i18n=source.chinese(house, "name", "city"), **names)
    set_shipping_rate(merchant=merchant, currency=settings.CURRENCY, **row["shipping"])
    return merchant


def plant_categories() -> dict[str, Category]:
    """The category tree with its tiles, by slug."""
    made: dict[str, Category] = {category.slug: category for category in Category.objects.all()}
    for row in sorted(source.rows("categories"), key=lambda row: (row["parent"] is not None, row["position"])):
        parent = made[row["parent"]] if row["parent"] else None
        if row["slug"] in made:
            continue
        made[row["slug"]] = create_category(
            name=row["name"], parent=parent, slug=row["slug"], i18n=source.chinese(row, "name"), picture=gallery.tile(row)
        )
    return made


@transaction.atomic
def put_on_sale(row: dict[str, Any], merchant: Merchant, category: Category, *, extra: dict[str, int], at: dt.datetime) -> Product:
    """One product, published, with its stock spread over the merchant's warehouses.

    Args:
        extra: further units per SKU, for purchases that lie in the past already.
    """
    known: Product | None = Product.objects.filter(slug=row["slug"]).first()
    if known is not None:
        return known
    brand = _brand(row) if row["brand"] else None
    fields = source.product_fields(row)
    product: Product = create_product(merchant=merchant, category=category, brand=brand, variants=source.variants(row), **fields)
    publish_product(product_id=product.pk, actor=ACTOR, at=at)
    houses = list(Warehouse.objects.for_merchant(merchant).order_by("priority"))
    quantities = {variant["sku"]: variant["stock"] + extra.get(variant["sku"], 0) for variant in row["variants"]}
    receipts = [
        Receipt(variant, house, share)
        for variant in product.variants.all()
        for house, share in zip(houses, _shares(quantities[variant.sku], len(houses)), strict=True)
        if share
    ]
    receive_many(receipts=receipts, actor=ACTOR, at=at, note="opening stock")
    return product


def _shares(quantity: int, houses: int) -> list[int]:
    """Two thirds to the first warehouse, the rest evenly to the others."""
    if houses == 1:
        return [quantity]
    rest = quantity // 3
    others = [rest // (houses - 1)] * (houses - 1)
    return [quantity - sum(others), *others]


def _brand(row: dict[str, Any]) -> Brand:
    i18n = {source.CHINESE: {"name": row["brand_zh"]}} if row["brand_zh"] else {}
    return Brand.objects.get_or_create(name=row["brand"], defaults={"slug": slug_base(row["brand"]), "i18n": i18n})[0]
