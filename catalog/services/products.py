"""Products and their variants. Every change ends with the product's card."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.db.models import F

from catalog.errors import (
    ApprovalNeeded,
    DefectsTooLong,
    HandlingDaysInvalid,
    NotMadeToOrder,
    ProductNotFound,
    TitleMissing,
    VariantsMissing,
)
from catalog.models import Brand, Category, FormerSlug, Product
from catalog.rules.options import normalised_options, options_from_variants
from catalog.rules.personalisation import checked_fields
from catalog.rules.slugs import slug_base, slug_with_id
from catalog.rules.texts import clean_fields
from catalog.services.bundle_news import note_bundles_of
from catalog.services.cards import refresh_card
from catalog.services.slug_locks import hold_slug, is_free
from catalog.services.variants import NewVariant, check_variants, insert_variants
from core.states import StaleState, move_to
from merchants.models import Merchant

MOST_DEFECTS = 1_000
MOST_DAYS = 180


class ProductFields(TypedDict, total=False):
    """What may be said about a product besides title and category. Descriptions are HTML and cleaned."""

    brand: Brand | None
    description: str
    i18n: Mapping[str, Mapping[str, str]]
    condition: str
    defects: str
    handling_days: int | None
    tax_class: str
    is_made_to_order: bool
    personalisation: Sequence[Mapping[str, Any]]
    options: Sequence[Mapping[str, Any]]
    attributes: Sequence[Mapping[str, Any]]


class ProductChanges(ProductFields, total=False):
    title: str
    category: Category


@transaction.atomic
def create_product(
    *,
    merchant: Merchant,
    category: Category,
    title: str,
    variants: Sequence[NewVariant],
    slug: str = "",
    is_digital: bool = False,
    **fields: Unpack[ProductFields],
) -> Product:
    """A draft with its variants. Options are taken from the variants unless given. Whether it is digital stays so for good.

    Raises:
        TitleMissing, VariantsMissing, VariantsUnclear, PriceInvalid, CurrenciesMixed, SkuTaken.
    """
    values = _cleaned({"title": title, "category": category, **fields})
    values.setdefault("options", options_from_variants([variant.options for variant in variants]))
    if not variants:
        raise VariantsMissing
    check_variants(values["options"], variants)
    product = Product(merchant=merchant, is_digital=is_digital, **values)
    _refuse_bespoke_files(product, values)
    _insert(product, slug or slug_base(title))
    insert_variants(product, variants)
    refresh_card(product.pk)
    return product


def _refuse_bespoke_files(product: Product, values: Mapping[str, Any]) -> None:
    """What is downloaded at once cannot be made for its buyer."""
    if product.is_digital and (values.get("is_made_to_order") or values.get("personalisation")):
        raise NotMadeToOrder


def _insert(product: Product, slug: str) -> None:
    """Insert under the slug, or under one that nobody has; only the unique index knows which are free."""
    if slug:
        hold_slug(FormerSlug.Kind.PRODUCT, slug)
        slug = slug if is_free(FormerSlug.Kind.PRODUCT, slug, str(product.pk)) else slug_with_id(slug, product.pk)
    try:
        with transaction.atomic():
            product.slug = slug or slug_with_id("", product.pk)
            product.save(force_insert=True)
    except IntegrityError:
        product.slug = slug_with_id(slug, product.pk)
        product.save(force_insert=True)


def _cleaned(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields ready to be stored; raises TitleMissing, DefectsTooLong, HandlingDaysInvalid, PersonalisationInvalid."""
    cleaned = clean_fields(fields)
    if "title" in cleaned and not 1 <= len(cleaned["title"]) <= 200:
        raise TitleMissing
    texts = [cleaned.get("defects", ""), *(row.get("defects", "") for row in cleaned.get("i18n", {}).values())]
    if any(len(text) > MOST_DEFECTS for text in texts):
        raise DefectsTooLong(most=MOST_DEFECTS)
    if not 0 <= (cleaned.get("handling_days") or 0) <= MOST_DAYS:
        raise HandlingDaysInvalid(most=MOST_DAYS)
    if "personalisation" in cleaned:
        cleaned["personalisation"] = checked_fields(cleaned["personalisation"])
    if "options" in cleaned:
        cleaned["options"] = normalised_options(cleaned["options"])
    return cleaned


@transaction.atomic
def update_product(
    *, product_id: uuid.UUID, expected_version: int | None = None, is_approved: bool = False, **changes: Unpack[ProductChanges]
) -> Product:
    """Change what is said about a product. `is_approved` says that the operator has agreed, where it has to.

    Raises:
        ProductNotFound: there is none.
        StaleState: `expected_version` was given and somebody else has changed the product since.
        TitleMissing, VariantsUnclear: see create_product.
        ApprovalNeeded: the operator has not agreed; see `approval.update_or_propose`.
    """
    product = locked_product(product_id)
    if expected_version is not None and product.version != expected_version:
        raise StaleState
    values = checked_values(product, dict(changes))
    if product.is_shown_as_approved and not is_approved:
        raise ApprovalNeeded
    for field, value in values.items():
        setattr(product, field, value)
    product.version += 1
    product.save(update_fields=[*values, "version"])
    refresh_card(product.pk)
    return product


def checked_values(product: Product, changes: dict[str, Any]) -> dict[str, Any]:
    """Changes of a product ready to be stored; raises TitleMissing, VariantsUnclear, PersonalisationInvalid, NotMadeToOrder."""
    values = _cleaned(changes)
    _refuse_bespoke_files(product, values)
    if "options" in values:
        check_variants(values["options"], list(product.variants.filter(is_active=True)))
    return values


@transaction.atomic
def publish_product(*, product_id: uuid.UUID, actor: str, at: dt.datetime, is_approved: bool = False) -> Product:
    """Put a product on sale, for the first time or again. `is_approved` says that the operator has agreed, where it has to.

    Raises:
        ProductNotFound, VariantsMissing (none is on sale), IllegalTransition, StaleState.
        ApprovalNeeded: the operator has not agreed; see `approval.submit_or_publish`.
    """
    product = locked_product(product_id)
    if product.merchant.needs_approval and product.status in {Product.Status.DRAFT, Product.Status.PENDING} and not is_approved:
        raise ApprovalNeeded
    if not product.variants.filter(is_active=True).exists():
        raise VariantsMissing
    return move_product(product, Product.Status.PUBLISHED, actor=actor, at=at, published_at=product.published_at or at, publish_at=None)


@transaction.atomic
def hide_product(*, product_id: uuid.UUID, actor: str, at: dt.datetime, reason: str = "") -> Product:
    """Take a product off sale for a while; raises ProductNotFound, IllegalTransition, StaleState."""
    return move_product(locked_product(product_id), Product.Status.HIDDEN, actor=actor, at=at, reason=reason, hide_at=None)


@transaction.atomic
def archive_product(*, product_id: uuid.UUID, actor: str, at: dt.datetime, reason: str = "") -> Product:
    """Take a product off sale for good; raises ProductNotFound, IllegalTransition, StaleState."""
    return move_product(
        locked_product(product_id), Product.Status.ARCHIVED, actor=actor, at=at, reason=reason, publish_at=None, hide_at=None
    )


def move_product(product: Product, status: str, *, actor: str, at: dt.datetime, reason: str = "", **changes: Any) -> Product:
    """Move a locked product to another status; raises IllegalTransition, StaleState."""
    move_to(product, status, actor=actor, at=at, reason=reason, version=F("version") + 1, **changes)
    product.refresh_from_db(fields=["version"])
    refresh_card(product.pk)
    note_bundles_of(product.pk)
    return product


def locked_product(product_id: uuid.UUID) -> Product:
    """The product's row, held until the transaction ends; raises ProductNotFound."""
    product: Product | None = Product.objects.select_for_update(no_key=True).filter(pk=product_id).first()
    if product is None:
        raise ProductNotFound
    return product
