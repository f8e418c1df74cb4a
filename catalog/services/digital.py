"""Files of digital products: kept outside of what the web server serves, under names of our own."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F

from catalog.errors import (
    DownloadFileNotFound,
    DownloadFileRefused,
    DownloadFilesTooMany,
    DownloadFileTooLarge,
    DownloadLabelMissing,
    DownloadTermsInvalid,
    NotDigital,
)
from catalog.models import DigitalFile, Product
from catalog.rules.digital import HEAD, KINDS, is_sellable_file, label_of
from catalog.rules.texts import storable
from catalog.selectors.digital import has_files
from catalog.services.cards import set_in_stock
from catalog.services.products import locked_product
from merchants.models import Merchant

MOST_FILES = 50


def file_path(row: DigitalFile) -> Path:
    """Where the bytes lie."""
    return Path(settings.PRIVATE_ROOT) / row.file


def add_file(
    *,
    merchant: Merchant,
    product_id: uuid.UUID,
    name: str,
    pieces: Iterable[bytes],
    label: str,
    version: str = "",
    variant_id: uuid.UUID | None = None,
    at: dt.datetime,
) -> DigitalFile:
    """Offer one more file to those who buy from now on, of all variants or of one; returns it.

    Args:
        name: what it is called where it comes from; buyers save it under this name, nothing is done with it here.
        pieces: its bytes.

    Raises:
        ProductNotFound, NotDigital: nothing of this merchant that has files.
        DownloadFileNotFound: the variant is none of this product's.
        DownloadLabelMissing, DownloadFileRefused, DownloadFileTooLarge, DownloadFilesTooMany: nothing of it is kept.
    """
    label, version, name = storable(label).strip(), storable(version).strip(), label_of(name)
    if not (1 <= len(label) <= 80 and len(version) <= 30 and (label + version).isprintable()):
        raise DownloadLabelMissing
    row = DigitalFile(merchant=merchant, label=label, version=version, name=name, created_at=at)
    row.file = f"digital/{merchant.pk}/{row.pk}"
    try:
        _store(row, pieces)
        with transaction.atomic():
            row.product, row.variant_id = _digital(merchant, product_id), variant_id
            if variant_id is not None and not row.product.variants.filter(pk=variant_id).exists():
                raise DownloadFileNotFound
            if row.product.digital_files.count() >= MOST_FILES:
                raise DownloadFilesTooMany(most=MOST_FILES)
            row.save(force_insert=True)
            _redraw(row.product)
            set_in_stock(product_id, has_files(product_id))
    except BaseException:
        file_path(row).unlink(missing_ok=True)
        raise
    return row


def _digital(merchant: Merchant, product_id: uuid.UUID) -> Product:
    product = locked_product(product_id)
    if product.merchant_id != merchant.pk:
        raise DownloadFileNotFound
    if not product.is_digital:
        raise NotDigital
    return product


def _store(row: DigitalFile, pieces: Iterable[bytes]) -> None:
    """Write the bytes down as they come; sets size and digest."""
    most = settings.DIGITAL_FILE_MAX_MB * 1_000_000
    path, digest, head = file_path(row), hashlib.sha256(), b""
    path.parent.mkdir(parents=True, exist_ok=True)
    row.size = 0
    with path.open("xb") as file:
        for piece in pieces:
            row.size += len(piece)
            if row.size > most:
                break
            head = head if len(head) >= HEAD else (head + piece)[:HEAD]
            digest.update(piece)
            file.write(piece)
    if not 0 < row.size <= most:
        raise DownloadFileTooLarge(most=settings.DIGITAL_FILE_MAX_MB)
    if not is_sellable_file(row.name, head):
        raise DownloadFileRefused(kinds=", ".join(KINDS))
    row.sha256 = digest.hexdigest()


@transaction.atomic
def withdraw_file(*, merchant: Merchant, file_id: uuid.UUID, at: dt.datetime) -> DigitalFile:
    """Offer a file no longer to those who buy from now on; who has bought it keeps it. Again is the same answer.

    Raises:
        DownloadFileNotFound: none of this merchant's.
    """
    row: DigitalFile | None = DigitalFile.objects.for_merchant(merchant).filter(pk=file_id).first()
    if row is None:
        raise DownloadFileNotFound
    product = locked_product(row.product_id)
    if DigitalFile.objects.filter(pk=file_id, withdrawn_at=None).update(withdrawn_at=at):
        row.withdrawn_at = at
        _redraw(product)
    set_in_stock(row.product_id, has_files(row.product_id))
    return row


@transaction.atomic
def set_download_terms(*, merchant: Merchant, product_id: uuid.UUID, limit: int | None, days: int | None) -> Product:
    """How often each file may be downloaded per piece bought, and for how many days; None is the marketplace's own number.

    What was bought before keeps its terms.

    Raises:
        ProductNotFound, NotDigital, DownloadFileNotFound: nothing of this merchant that has files.
        DownloadTermsInvalid: out of range.
    """
    product = _digital(merchant, product_id)
    if not (1 <= (limit if limit is not None else 1) <= 1_000 and 1 <= (days if days is not None else 1) <= 3_650):
        raise DownloadTermsInvalid
    product.download_limit, product.download_days = limit, days
    product.save(update_fields=["download_limit", "download_days"])
    _redraw(product)
    return product


def _redraw(product: Product) -> None:
    """Its page, which is remembered by its version, says what buyers get."""
    Product.objects.filter(pk=product.pk).update(version=F("version") + 1)
