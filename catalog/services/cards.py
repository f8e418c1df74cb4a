"""The one writer of ProductCard, the row that lists, search and rails read.

Locks are taken in one order everywhere: products, then merchants, then cards, each by key. A refresh shares the merchant's row, so a
suspension waits for it and the handler that follows the suspension finds every card.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from django.db import connection, transaction
from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from catalog.models import CardFollow, Category, Picture, Product, ProductCard, Review, Variant, VariantPrice
from catalog.rules.prices import Lowest
from catalog.selectors.attributes import specs_by_name
from catalog.selectors.price_history import lowest_before_reductions
from catalog.services.card_rows import Sources, and_ancestors, card_of, names_of
from catalog.services.tree import bump_tree
from catalog.services.wish_news import note_back, note_fallen_prices
from core.doorbell import ring
from core.postgresql.bulk import insert_many, upsert_many
from merchants.models import Merchant

BATCH = 500
FOLLOWED = 2_000  # cards of one merchant per transaction
NOW = "now"  # PostgreSQL reads it as the moment of the transaction
# Written by others a piece at a time (stock, sales, ratings) or by the database, so a rebuild leaves them alone.
_KEPT = {"product", "in_stock", "sold", "stars_sum", "stars_count", "discount_bps", "rating_rank", "facet_codes"}
_WRITTEN = [field.attname for field in ProductCard._meta.concrete_fields if field.name not in _KEPT]
_QUIET = {"version", "search", "facets", "is_stale", "changed_at"}
_SHOWN = [field.attname for field in ProductCard._meta.concrete_fields if field.name not in _KEPT | _QUIET]
_IN_TREE = ("is_visible", "category_path")


def refresh_card(product_id: uuid.UUID) -> None:
    """Rebuild the card of one product from its product, variants, pictures, brand, category and merchant."""
    refresh_cards([product_id])


def refresh_cards(product_ids: Iterable[uuid.UUID]) -> int:
    """Rebuild the cards of many products with thirteen statements per 500; returns how many cards changed.

    Stock, sold and stars are kept. A card whose content is the same as before keeps its version, so cached fragments stay good.
    Products without a variant have no card.
    """
    return sum(_refresh(batch) for batch in _batches(sorted(set(product_ids))))


def _batches(ids: Sequence[uuid.UUID]) -> Iterator[Sequence[uuid.UUID]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


@transaction.atomic
def _refresh(ids: Sequence[uuid.UUID]) -> int:
    sources = _sources(ids)
    before = {card.pk: card for card in ProductCard.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    changed = []
    tree_moved = False
    for product in sources.products:
        card = card_of(product, sources)
        old = before.get(product.pk)
        if card is None or (old is not None and _same(card, old, [*_SHOWN, "search", "facets", "is_stale"])):
            continue
        is_as_before = old is not None and _same(card, old, _SHOWN)
        card.version = (old.version + (not is_as_before)) if old else 1
        card.changed_at = old.changed_at if old is not None and is_as_before else NOW
        tree_moved |= any(getattr(card, name) != getattr(old, name, None) for name in _IN_TREE) and (card.is_visible or old is not None)
        changed.append(card)
    upsert_many(changed, update=_WRITTEN)
    note_fallen_prices([card.pk for card in changed if card.is_visible and _is_cheaper(card, before.get(card.pk))])
    if tree_moved:
        bump_tree()
    return len(changed)


def _is_cheaper(card: ProductCard, old: ProductCard | None) -> bool:
    return old is not None and card.currency == old.currency and card.price_minor < old.price_minor


@transaction.atomic(savepoint=False)
def make_cards(
    products: Sequence[Product],
    variants: Mapping[uuid.UUID, Sequence[Variant]],
    categories: Mapping[str, Category],
    *,
    available: Collection[uuid.UUID],
    pictures: Mapping[uuid.UUID, Picture] | None = None,
    lowest: Lowest | None = None,
) -> None:
    """The first cards of products that this very transaction has inserted, from the rows in memory, in two statements.

    Nobody else can see or change the products yet, so nothing is read again but their merchants, who could. Each product knows its
    category and brand; `categories` has those and all above them by path, read in this transaction. Of the `available` ones stock comes
    in before the transaction ends: a card that says so from the start need not be written twice.

    Args:
        pictures: the first one of each product that has one.
        lowest: what `lowest_before_reductions` says of products that come with a past.
    """
    merchants = _hold_merchants({product.merchant_id for product in products})
    sources = Sources(
        products=products,
        merchants=merchants,
        variants=variants,
        prices={},
        pictures=pictures or {},
        categories=categories,
        specs=specs_by_name(),
        lowest=lowest or {},
    )
    cards = [card for product in products if (card := card_of(product, sources))]
    for card in cards:
        card.in_stock = card.product_id in available
        card.changed_at = NOW
    insert_many(cards)
    if any(card.is_visible for card in cards):
        bump_tree()


def note_stock(*, available: Collection[uuid.UUID], sold_out: Collection[uuid.UUID]) -> None:
    """`set_in_stock` for many products in one statement, their cards locked in the order of their keys as everywhere."""
    ids = [*available, *sold_out]
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_STOCK, [ids, [True] * len(available) + [False] * len(sold_out)])


_NOTE_STOCK = """
WITH told AS MATERIALIZED (
    SELECT * FROM unnest(%s::uuid[], %s::bool[]) AS t (id, in_stock)
), locked AS MATERIALIZED (
    SELECT c.product_id, told.in_stock FROM catalog_productcard c JOIN told ON told.id = c.product_id
    WHERE c.in_stock <> told.in_stock ORDER BY c.product_id FOR NO KEY UPDATE OF c
)
UPDATE catalog_productcard c SET in_stock = locked.in_stock, version = c.version + 1
FROM locked WHERE c.product_id = locked.product_id AND c.in_stock <> locked.in_stock
"""


def _same(card: ProductCard, old: ProductCard, names: Sequence[str]) -> bool:
    return all(getattr(card, name) == getattr(old, name) for name in names)


def _sources(ids: Sequence[uuid.UUID]) -> Sources:
    """Everything the cards are made of, with the products locked and their merchants held still."""
    locked = Product.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
    # Not joined: a batch has few brands and categories, and one object for each is enough.
    products = list(locked.prefetch_related("brand", "category"))
    variants: dict[uuid.UUID, list[Variant]] = {}
    for variant in Variant.objects.filter(product_id__in=ids).order_by("position", "created_at", "pk"):
        variants.setdefault(variant.product_id, []).append(variant)
    prices: dict[uuid.UUID, dict[str, VariantPrice]] = {}
    for price in VariantPrice.objects.filter(product_id__in=ids):
        prices.setdefault(price.variant_id, {})[price.currency] = price
    first = Picture.objects.filter(product_id__in=ids).order_by("product_id", "position", "created_at", "pk").distinct("product_id")
    paths = {path for product in products for path in and_ancestors(product.category.path)}
    return Sources(
        products=products,
        merchants=_hold_merchants({product.merchant_id for product in products}),
        variants=variants,
        prices=prices,
        pictures={picture.product_id: picture for picture in first},
        categories={row.path: row for row in type(products[0].category).objects.filter(path__in=paths)} if products else {},
        specs=specs_by_name(),
        lowest=lowest_before_reductions(products, variants, prices),
    )


def _hold_merchants(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Merchant]:
    """Merchants, read under a shared lock (which Django cannot say): their status and name cannot change until we commit."""
    statement = "SELECT * FROM merchants_merchant WHERE id = ANY(%s) ORDER BY id FOR SHARE"
    return {merchant.pk: merchant for merchant in Merchant.objects.raw(statement, [sorted(ids)])}


def mark_stale() -> None:
    """Have every card made anew soon, where what all of them are made of has changed, such as an attribute."""
    ProductCard.objects.filter(is_stale=False).update(is_stale=True)


def refresh_stale_cards() -> int:
    """Make a batch of stale cards anew; returns how many products that were."""
    ids = list(ProductCard.objects.filter(is_stale=True).order_by("product_id").values_list("product_id", flat=True)[:BATCH])
    refresh_cards(ids)
    return len(ids)


@transaction.atomic
def follow_merchant(merchant_id: uuid.UUID) -> int:
    """Bring name, kind and visibility of a merchant's cards up to date: the first FOLLOWED at once, the others by `follow_some_merchants`.

    Returns how many cards were written. Whoever asks in between makes it begin anew, so the last change reaches every card.
    """
    CardFollow.objects.filter(merchant=merchant_id).delete()
    written, last = _follow(merchant_id, None)
    if last is not None:
        CardFollow.objects.create(merchant_id=merchant_id, after=last)
        ring("catalog.tasks.follow_merchants")
    return written


def follow_some_merchants() -> int:
    """Sweep: the next batch of cards of one merchant that has many; returns how many cards that were. Several may run at once."""
    with transaction.atomic():
        row = CardFollow.objects.select_for_update(skip_locked=True).order_by("pk").first()
        if row is None:
            return 0
        written, last = _follow(row.pk, row.after)
        if last is None:
            row.delete()
        else:
            row.after = last
            row.save(update_fields=["after"])
    return written or 1


def _follow(merchant_id: uuid.UUID, after: uuid.UUID | None) -> tuple[int, uuid.UUID | None]:
    """Write the next batch of cards after a key; returns how many, and the last key where there may be more.

    The merchant's row is held, so each batch says what is true when it is committed.
    """
    merchant = Merchant.objects.select_for_update(no_key=True).filter(pk=merchant_id).first()
    if merchant is None:
        return 0, None
    cards = ProductCard.objects.for_merchant(merchant).order_by("pk")
    keys = list((cards if after is None else cards.filter(pk__gt=after)).values_list("pk", flat=True)[:FOLLOWED])
    return _written_after(merchant, keys), keys[-1] if len(keys) == FOLLOWED else None


def _written_after(merchant: Merchant, keys: Sequence[uuid.UUID]) -> int:
    published = Exists(Product.objects.filter(pk=OuterRef("pk"), status=Product.Status.PUBLISHED))
    has_variant = Exists(Variant.objects.filter(product_id=OuterRef("pk"), is_active=True))
    changed = (
        ProductCard.objects.for_merchant(merchant)
        .filter(pk__in=keys)
        .update(
            merchant_slug=merchant.slug,
            merchant_name=merchant.name,
            merchant_kind=merchant.kind,
            merchant_i18n=names_of(merchant),
            # What lists are narrowed by names the shop by its slug.
            is_stale=ExpressionWrapper(Q(is_stale=True) | ~Q(merchant_slug=merchant.slug), output_field=BooleanField()),
            is_visible=ExpressionWrapper(Q(published) & Q(has_variant), output_field=BooleanField()) if merchant.is_active else False,
            version=F("version") + 1,
        )
    )
    bump_tree()
    return changed


@transaction.atomic(savepoint=False)
def set_in_stock(product_id: uuid.UUID, in_stock: bool) -> bool:
    """Note that a product can, or cannot, be sent now; returns whether that was news. Members who wish for it hear that it is back."""
    changed = ProductCard.objects.filter(pk=product_id).exclude(in_stock=in_stock)
    is_news = changed.update(in_stock=in_stock, version=F("version") + 1) == 1
    if is_news and in_stock:
        note_back(product_id)
    return is_news


def add_sold(product_id: uuid.UUID, quantity: int) -> None:
    """Add a completed sale of `quantity` pieces to the number sold; a negative quantity takes one back, never below zero."""
    cards = ProductCard.objects.filter(pk=product_id, sold__gte=-quantity)
    cards.update(sold=F("sold") + quantity, version=F("version") + 1)


def change_stars(product_id: uuid.UUID, *, stars: int, count: int) -> None:
    """Add to the sum and the count of a card's ratings, or take away from them; with nothing to add, its page is only drawn anew."""
    cards = ProductCard.objects.filter(pk=product_id)
    cards.update(stars_sum=F("stars_sum") + stars, stars_count=F("stars_count") + count, version=F("version") + 1)


def recount_stars(product_ids: Iterable[uuid.UUID]) -> None:
    """Count the visible reviews of products anew, for loaders that insert reviews in bulk."""
    reviews = Review.objects.filter(product_id=OuterRef("pk"), status=Review.Status.VISIBLE).order_by().values("product_id")
    for batch in _batches(sorted(set(product_ids))):
        ProductCard.objects.filter(pk__in=batch).update(
            stars_sum=Coalesce(Subquery(reviews.annotate(n=Sum("stars")).values("n"), output_field=IntegerField()), 0),
            stars_count=Coalesce(Subquery(reviews.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0),
            version=F("version") + 1,
        )
