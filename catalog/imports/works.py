"""What has to be written of one product."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from catalog.imports.rows import Goods
from catalog.models import Product, Variant


@dataclass(slots=True)
class Changed:
    """A variant with what it said before."""

    variant: Variant
    before: dict[str, Any]


@dataclass(slots=True)
class Work:
    """One product: what to set of it and its variants. `category` is a path, `brand` a name; both are resolved when it is written.

    `fresh` are the rows of new variants with their positions, which become `made` then; a dry run needs no more than that.
    """

    product: Product
    is_new: bool
    rows: list[Goods]
    before: dict[str, Any] = field(default_factory=dict)
    category: str = ""
    brand: str = ""
    status: str = ""
    fresh: list[tuple[Goods, int]] = field(default_factory=list)
    made: list[Variant] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    stock: dict[uuid.UUID, tuple[int, int]] = field(default_factory=dict)
    outcome: dict[int, str] = field(default_factory=dict)

    @property
    def is_changed(self) -> bool:
        """Whether something of the product itself or its variants is another, so that it gets a new version."""
        return bool(self.before or self.fresh or self.changed or self.status)
