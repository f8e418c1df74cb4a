"""Reads about the files of digital products."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from catalog.models import DigitalFile, Variant

# Availability of what cannot run out; no cart may hold as many.
UNLIMITED = 1_000_000


def offered_to(variant: str, product: str) -> Exists:
    """Whether a buyer of the variant, a column of the outer query, gets a file now."""
    files = DigitalFile.objects.filter(product=OuterRef(product), withdrawn_at=None)
    return Exists(files.filter(Q(variant=None) | Q(variant=OuterRef(variant))))


def has_files(product_id: uuid.UUID) -> bool:
    """Whether a variant of this digital product can be bought now, as far as files go."""
    variants = Variant.objects.filter(product=product_id, is_active=True, product__is_digital=True)
    return variants.filter(offered_to("pk", "product")).exists()


def files_of(product_id: uuid.UUID) -> QuerySet[DigitalFile]:
    """All files of a product, the newest first, with their variants."""
    return DigitalFile.objects.filter(product=product_id).select_related("variant").order_by(F("withdrawn_at").asc(nulls_first=True), "-pk")


def files_offered(product_id: uuid.UUID) -> QuerySet[DigitalFile]:
    """What buyers of a product get now, in the order it was added."""
    return DigitalFile.objects.filter(product=product_id, withdrawn_at=None).order_by("pk")


def files_bought(variant_ids: Collection[uuid.UUID], at: dt.datetime) -> dict[uuid.UUID, list[DigitalFile]]:
    """The files that were offered with each variant at that moment, in the order they were added. Two statements."""
    products = dict(Variant.objects.filter(pk__in=variant_ids).values_list("pk", "product_id"))
    there = DigitalFile.objects.filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at), product__in=set(products.values()))
    files = list(there.filter(created_at__lte=at).order_by("pk"))
    return {
        variant_id: [row for row in files if row.product_id == product_id and row.variant_id in {None, variant_id}]
        for variant_id, product_id in products.items()
    }
