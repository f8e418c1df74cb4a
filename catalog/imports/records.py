"""What is written down about the rows of an import: what was wrong, and what an undo will need."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from catalog.imports.rows import Goods
from catalog.models import ImportChange, ImportProblem, ProductImport
from catalog.rules.texts import storable
from core.postgresql.bulk import insert_many, insert_rows, update_many


def note_problems(row: ProductImport, stage: str, goods: Iterable[Goods]) -> None:
    """Everything that is wrong in these rows, in one statement."""
    rows = [
        ImportProblem(
            product_import=row,
            stage=stage,
            row=each.number,
            field=problem.field[:90],
            value=storable(problem.value)[:200],
            code=problem.code,
            params=dict(problem.params),
        )
        for each in goods
        for problem in each.problems
    ]
    insert_many(rows)


def note_changes(row: ProductImport, changes: Sequence[tuple[uuid.UUID, int, bool, int, dict[str, Any]]]) -> None:
    """What happened to each product. Where an earlier batch had to do with it, what it said before that stays what was before."""
    touched = [product for product, _number, is_new, _version, _before in changes if not is_new]
    earlier = {kept.product_id: kept for kept in ImportChange.objects.filter(product_import=row, product_id__in=touched)} if touched else {}
    fresh, again = [], []
    for product, number, is_new, version, before in changes:
        kept = earlier.get(product)
        if kept is None:
            said = {"product_import_id": row.pk, "product_id": product, "row": number}
            fresh.append({**said, "is_new": is_new, "version": version, "before": before})
        else:
            again.append({"id": kept.pk, "version": version, "before": merged(kept.before, before)})
    insert_rows(ImportChange, fresh)
    update_many(ImportChange, again, ("version", "before"))


def merged(first: dict[str, Any], later: dict[str, Any]) -> dict[str, Any]:
    """What was before both changes; of stock also where the later one left it."""
    both: dict[str, Any] = {
        "product": {**later.get("product", {}), **first.get("product", {})},
        "variants": dict(later.get("variants", {})),
        "made": [*first.get("made", []), *later.get("made", [])],
        "stock": dict(later.get("stock", {})),
    }
    for key, before in first.get("variants", {}).items():
        both["variants"][key] = {**both["variants"].get(key, {}), **before}
    for key, (was, then) in first.get("stock", {}).items():
        both["stock"][key] = [was, both["stock"].get(key, [was, then])[1]]
    return {name: part for name, part in both.items() if part}
