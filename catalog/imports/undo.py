"""Taking an import back, product by product, where nobody has changed it since."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from catalog.imports.apply import PRODUCT_COLUMNS, VARIANT_COLUMNS, values_of
from catalog.imports.reasons import Problem
from catalog.imports.records import note_problems
from catalog.imports.rows import Goods
from catalog.imports.stock import Count, keeper
from catalog.models import ImportChange, ImportProblem, Product, ProductImport, Variant
from catalog.services.cards import refresh_cards
from core.models import StateChange
from core.postgresql.bulk import update_many
from core.states import record_change, write_changes

Status = Product.Status
# An archived product keeps its variants because orders name them; its SKUs go free for the merchant's next file.
MAX_SKU = 64


def undo_piece(row: ProductImport, *, at: dt.datetime, most: int) -> tuple[int, bool]:
    """Take back what the import did to the next products; `offset` counts on by the keys of the changes."""
    changes = list(ImportChange.objects.filter(product_import=row, pk__gt=row.offset).order_by("pk")[:most])
    if not changes:
        return 0, True
    ids = [change.product_id for change in changes]
    products = {product.pk: product for product in Product.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")}
    variants: dict[uuid.UUID, list[Variant]] = {}
    for variant in Variant.objects.filter(product_id__in=ids):
        variants.setdefault(variant.product_id, []).append(variant)
    levels = keeper().levels([uuid.UUID(key) for change in changes for key in change.before.get("stock", {})], lock=True)
    piece = _Piece(row, at)
    for change in changes:
        product = products[change.product_id]
        if product.version != change.version:
            piece.keep(change, "", "undo_changed")
        elif change.is_new:
            piece.archive(change, product, variants.get(product.pk, []))
        else:
            piece.restore(change, product, variants.get(product.pk, []))
            piece.give_back_stock(change, product, levels)
    piece.write()
    row.offset = changes[-1].pk
    return len(changes), len(changes) < most


class _Piece:
    """What is gathered before it is written in a few statements."""

    def __init__(self, row: ProductImport, at: dt.datetime) -> None:
        self.row = row
        self.at = at
        self.products: list[dict[str, Any]] = []
        self.variants: list[dict[str, Any]] = []
        self.history: list[StateChange] = []
        self.counts: list[Count] = []
        self.problems: list[Goods] = []

    def keep(self, change: ImportChange, field: str, code: str, *, partly: bool = False) -> None:
        """Say that something stays as it is."""
        self.problems.append(Goods(change.row, {}, [Problem(field, "", code)]))
        if not partly:
            self.row.kept += 1

    def archive(self, change: ImportChange, product: Product, variants: Sequence[Variant]) -> None:
        if product.status == Status.PENDING:
            self.keep(change, "status", "undo_pending")
            return
        if product.status != Status.ARCHIVED:
            self._move(product, Status.ARCHIVED)
        product.handle = ""
        self._take(product)
        for variant in variants:
            variant.sku = f"{variant.sku[: MAX_SKU - 11]}~{variant.pk.hex[-10:]}"
            self.variants.append(_variant_row(variant))
        self.row.undone += 1

    def restore(self, change: ImportChange, product: Product, variants: Sequence[Variant]) -> None:
        before = dict(change.before.get("product", {}))
        status = before.pop("status", product.status)
        if status == Status.DRAFT and product.status == Status.PUBLISHED:
            status = Status.HIDDEN  # what was on sale once is no draft again, but it leaves the shop
        if status != product.status:
            if status in Product.TRANSITIONS.get(product.status, frozenset()):
                self._move(product, status)
            else:
                self.keep(change, "status", "undo_archived", partly=True)
        for name, value in before.items():
            setattr(product, name, value)
        made = set(change.before.get("made", ()))
        for variant in variants:
            self._restore_variant(variant, change.before.get("variants", {}).get(str(variant.pk)), is_made=str(variant.pk) in made)
        self._take(product)
        self.row.undone += 1

    def _restore_variant(self, variant: Variant, before: dict[str, Any] | None, *, is_made: bool) -> None:
        for name, value in (before or {}).items():
            setattr(variant, name, value)
        if is_made:
            variant.is_active = False
            variant.sku = f"{variant.sku[: MAX_SKU - 11]}~{variant.pk.hex[-10:]}"
        if before or is_made:
            self.variants.append(_variant_row(variant))

    def give_back_stock(self, change: ImportChange, product: Product, levels: Any) -> None:
        for key, (was, then) in change.before.get("stock", {}).items():
            level = levels.get(uuid.UUID(key))
            if level is None or level.on_hand != then or level.reserved > was:
                self.keep(change, "stock", "undo_stock", partly=True)
            else:
                self.counts.append(Count(product.merchant_id, uuid.UUID(key), was))

    def _move(self, product: Product, status: str) -> None:
        reason = str(self.row.file_name)[:200]
        self.history.append(record_change(product, product.status, status, actor=self.row.actor, reason=reason, at=self.at))
        product.status = status

    def _take(self, product: Product) -> None:
        product.version += 1
        self.products.append(values_of(product, PRODUCT_COLUMNS))

    def write(self) -> None:
        update_many(Product, self.products, PRODUCT_COLUMNS)
        update_many(Variant, self.variants, (*VARIANT_COLUMNS, "sku", "is_active"))
        write_changes(self.history)
        note_problems(self.row, ImportProblem.Stage.UNDO, self.problems)
        keeper().count(self.counts, actor=self.row.actor, at=self.at, note=self.row.file_name)
        refresh_cards(product["id"] for product in self.products)


def _variant_row(variant: Variant) -> dict[str, Any]:
    return values_of(variant, (*VARIANT_COLUMNS, "sku", "is_active"))
