"""Bulk inserts of synthetic products with stock, in batches that each become true at once."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection, transaction
from django.utils.text import slugify

from catalog.models import Brand, Category, Picture, PriceChange, Product, Variant
from catalog.selectors.price_history import lowest_before_reductions
from catalog.services.attributes import NewChoice, define_attribute
from catalog.services.cards import make_cards
from catalog.services.categories import create_category
from catalog.services.vocabulary import learn_words
from core.postgresql.bulk import insert_many
from core.states import record_change
from logistics.models import ShippingRate, Stock, StockMovement, Warehouse
from merchants.services import create_merchant
from shop.synthetic.words import BRANDS, CATEGORIES, COLOURS, MATERIALS, QUALITIES, SHOPS

BATCH = 1_000
ACTOR = "system:make_catalogue"
KINDS = ("self_operated", "company", "company", "individual", "local_store")
OPTION = {
    "name": "Colour",
    "i18n": {"zh-hans": {"name": "颜色"}},
    "values": [{"value": name, "i18n": {"zh-hans": {"value": zh}}, "swatch": swatch} for name, zh, swatch in COLOURS],
}


@dataclass(frozen=True, slots=True)
class Leaf:
    category: Category
    noun: str
    noun_zh: str


@dataclass(slots=True)
class World:
    """What products are spread over. `random` makes the same catalogue from the same seed, but for the ids."""

    random: random.Random
    at: dt.datetime
    run: str
    leaves: list[Leaf]
    brands: list[Brand]
    warehouses: list[Warehouse]
    pictures: list[Picture]
    categories: dict[str, Category]


@dataclass(slots=True)
class Batch:
    products: list[Product] = field(default_factory=list)
    variants: dict[uuid.UUID, list[Variant]] = field(default_factory=dict)
    pictures: dict[uuid.UUID, Picture] = field(default_factory=dict)
    stock: list[Stock] = field(default_factory=list)


def make_catalogue(
    count: int,
    *,
    seed: int,
    at: dt.datetime,
    merchants: int = len(SHOPS),
    on_progress: Callable[[int], None] = lambda _done: None,
) -> list[uuid.UUID]:
    """Insert `count` published products in a hundred categories over sixteen new merchants, or fewer; returns their ids.

    Each has one to three variants, stock for nine in ten, and the pictures of products that exist already, if any do. One in five is
    reduced from what it cost until a minute ago.
    """
    _define_attributes()
    world = _world(seed, at, merchants)
    made: list[uuid.UUID] = []
    for start in range(0, count, BATCH):
        batch = Batch()
        for number in range(start, min(start + BATCH, count)):
            _add_product(batch, world, number)
        _save(batch, world)
        made += [product.pk for product in batch.products]
        on_progress(len(made))
    learn_words()
    return made


def _define_attributes() -> None:
    """The material and the colours of synthetic goods, beside choices that are there already."""
    for key, name, name_zh, kind, rows in (
        ("material", "Material", "材质", "choice", [(word, zh, "") for word, zh in MATERIALS]),
        ("colour", "Colour", "颜色", "colour", COLOURS),
    ):
        choices = [NewChoice(slugify(word), word, {"zh-hans": {"label": zh}}, swatch) for word, zh, swatch in rows]
        define_attribute(key=key, name=name, i18n={"zh-hans": {"name": name_zh}}, kind=kind, choices=choices)


@transaction.atomic
def _world(seed: int, at: dt.datetime, many: int) -> World:
    merchants = [
        create_merchant(name=name, kind=KINDS[number % len(KINDS)], i18n={"zh-hans": {"name": zh}}, email=f"{slugify(name)}@example.com")
        for number, (name, zh) in enumerate(SHOPS[:many])
    ]
    rates = [ShippingRate(merchant=row, currency=settings.CURRENCY, flat_minor=500, free_over_minor=5_000) for row in merchants]
    ShippingRate.objects.bulk_create(rates)
    warehouses = [Warehouse(merchant=row, code="MAIN", name="Main", kind=Warehouse.Kind.CENTRAL, city="Hangzhou") for row in merchants]
    drawn = Picture.objects.exclude(widths=[]).order_by("original", "pk").distinct("original")
    return World(
        random=random.Random(seed),  # noqa: S311  plausible, not secret
        at=at,
        run=merchants[0].pk.hex[-6:].upper(),
        leaves=list(_leaves()),
        brands=[Brand.objects.get_or_create(name=name, defaults={"slug": slugify(name)})[0] for name in BRANDS],
        warehouses=Warehouse.objects.bulk_create(warehouses),
        pictures=list(drawn[:500]),
        categories={row.path: row for row in Category.objects.all()},
    )


def _leaves() -> Iterator[Leaf]:
    for (name, name_zh), leaves in CATEGORIES.items():
        root = _category(name, name_zh, None)
        for plural, noun, noun_zh in leaves:
            yield Leaf(_category(plural, noun_zh, root), noun, noun_zh)


def _category(name: str, name_zh: str, parent: Category | None) -> Category:
    found: Category | None = Category.objects.filter(slug=slugify(name)).first()
    return found or create_category(name=name, parent=parent, i18n={"zh-hans": {"name": name_zh}})


def _add_product(batch: Batch, world: World, number: int) -> None:
    dice = world.random
    leaf = world.leaves[number % len(world.leaves)]
    warehouse = world.warehouses[dice.randrange(len(world.warehouses))]
    quality, material, brand = dice.choice(QUALITIES), dice.choice(MATERIALS), dice.choice(world.brands)
    model = f"{dice.choice('ABCDEFGHKLMNPRST')}{number + 100}"
    title = f"{brand.name} {quality[0]} {material[0]} {leaf.noun} {model}"
    title_zh = f"{brand.name} {quality[1]}{material[1]}{leaf.noun_zh} {model}"
    product = Product(
        merchant_id=warehouse.merchant_id,
        category=leaf.category,
        brand=brand,
        title=title,
        description=f"<p>{quality[0]} {leaf.noun.lower()} of {material[0].lower()}, made to be used every day and easy to repair.</p>",
        i18n={"zh-hans": {"title": title_zh, "description": f"<p>{quality[1]}{material[1]}{leaf.noun_zh}，日常耐用，方便维修。</p>"}},
        attributes=[{"name": "Material", "value": material[0], "i18n": {"zh-hans": {"name": "材质", "value": material[1]}}}],
        options=[OPTION] if number % 5 == 0 else [],
        status=Product.Status.PUBLISHED,
        published_at=world.at - dt.timedelta(minutes=dice.randrange(500_000)),
    )
    product.slug = f"{slugify(title)[:100]}-{product.pk.hex[-10:]}"
    batch.products.append(product)
    _add_variants(batch, world, product, warehouse)
    if world.pictures:
        _add_picture(batch, product, world.pictures[number % len(world.pictures)])


def _add_variants(batch: Batch, world: World, product: Product, warehouse: Warehouse) -> None:
    dice = world.random
    price = dice.randrange(5, 400) * 100 - 1
    colours = dice.sample(COLOURS, 3) if product.options else [None]
    is_out = dice.random() < 0.1
    for position, colour in enumerate(colours):
        variant = Variant(
            product=product,
            merchant_id=product.merchant_id,
            sku=f"{world.run}-{product.pk.hex[-10:].upper()}-{position}",
            options={"Colour": colour[0]} if colour else {},
            price_minor=price + position * 200,
            compare_at_minor=price * 5 // 4 if dice.random() < 0.2 and position == 0 else None,
            currency=settings.CURRENCY,
            weight_g=dice.randrange(50, 5_000),
            position=position,
        )
        batch.variants.setdefault(product.pk, []).append(variant)
        on_hand = 0 if is_out else dice.randrange(20, 500)
        batch.stock.append(Stock(merchant_id=product.merchant_id, variant=variant, warehouse=warehouse, on_hand=on_hand))


def _add_picture(batch: Batch, product: Product, shown: Picture) -> None:
    same = {name: getattr(shown, name) for name in ("original", "width", "height", "alt", "tint", "widths", "formats")}
    batch.pictures[product.pk] = Picture(product=product, position=0, **same)


@transaction.atomic
def _save(batch: Batch, world: World) -> None:
    variants = [variant for rows in batch.variants.values() for variant in rows]
    insert_many(batch.products)
    insert_many(variants)
    insert_many(list(batch.pictures.values()))
    insert_many(_past(variants, world.at))
    insert_many(batch.stock)
    received = StockMovement.Reason.RECEIVED
    insert_many([StockMovement(stock=row, delta=row.on_hand, reason=received, actor=ACTOR) for row in batch.stock if row.on_hand])
    insert_many([record_change(row, "draft", row.status, actor=ACTOR, reason="", at=world.at) for row in batch.products])
    make_cards(
        batch.products,
        batch.variants,
        world.categories,
        available={row.variant.product_id for row in batch.stock if row.on_hand},
        pictures=batch.pictures,
        lowest=lowest_before_reductions(batch.products, batch.variants, {}),
    )
    _note_sales(batch, world)


def _past(variants: Sequence[Variant], at: dt.datetime) -> list[PriceChange]:
    """What reduced goods cost before: without it nothing could be announced as reduced."""
    reduced = [variant for variant in variants if variant.compare_at_minor is not None]
    steps = [(dt.timedelta(days=360), "compare_at_minor", False), (dt.timedelta(minutes=1), "price_minor", True)]
    return [
        PriceChange(
            variant=variant,
            currency=variant.currency,
            price_minor=getattr(variant, asked),
            compare_at_minor=variant.compare_at_minor if is_reduced else None,
            at=at - ago,
        )
        for variant in reduced
        for ago, asked, is_reduced in steps
    ]


def _note_sales(batch: Batch, world: World) -> None:
    """What orders would have told the cards, in one statement; few products sell much, as in life."""
    ids = [product.pk for product in batch.products]
    sold = [int(world.random.paretovariate(0.7)) % 20_000 for _ in ids]
    statement = """
        UPDATE catalog_productcard card SET sold = told.sold
        FROM unnest(%s::uuid[], %s::int[]) AS told(id, sold) WHERE card.product_id = told.id
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [ids, sold])
