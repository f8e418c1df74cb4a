"""What shoppers see of a set: what it contains and what it saves."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.selectors.variants import BundlePart, SellableVariant, parts_of, sellable_variants
from core.exchange.rules import Conversion


@dataclass(frozen=True, slots=True)
class BundlePartView:
    """A part of a set in one language. One that is not on sale has no page."""

    variant: SellableVariant
    quantity: int
    title: str
    options: dict[str, str]
    is_on_sale: bool

    @property
    def total_minor(self) -> int:
        """What these pieces cost on their own."""
        return self.variant.unit_minor(1) * self.quantity


@dataclass(frozen=True, slots=True)
class Offered:
    """A set at a price: what is in it, and what it saves, in minor units and in whole per cent."""

    variant_id: uuid.UUID
    view: BundleView
    currency: str
    saved_minor: int
    saved_percent: int


@dataclass(frozen=True, slots=True)
class BundleView:
    """What a set contains."""

    parts: tuple[BundlePartView, ...]

    @property
    def missing(self) -> list[str]:
        """The titles of what is not on sale; the set is not either, then."""
        return [part.title for part in self.parts if not part.is_on_sale]

    @property
    def pieces(self) -> int:
        return sum(part.quantity for part in self.parts)

    def saved_minor(self, unit_minor: int, currency: str) -> int:
        """How much less a set costs than its parts one by one; 0 where it is not less, or a part cannot be said in the currency."""
        if any(part.variant.currency != currency for part in self.parts):
            return 0
        return max(self.apart_minor - unit_minor, 0)

    def saved_percent(self, unit_minor: int, currency: str) -> int:
        """The same in whole per cent of what the parts cost, rounded down."""
        return self.saved_minor(unit_minor, currency) * 100 // self.apart_minor if self.apart_minor else 0

    @property
    def apart_minor(self) -> int:
        """What the parts cost one by one."""
        return sum(part.total_minor for part in self.parts)


def bundle_views(
    parts: Mapping[uuid.UUID, Sequence[BundlePart]], language: str, conversion: Conversion | None
) -> dict[uuid.UUID, BundleView]:
    """Sets by the variant that is one, of their parts. One query, none without sets."""
    ids = {part.variant_id for own in parts.values() for part in own}
    known = sellable_variants(sorted(ids), conversion) if ids else {}
    return {
        bundle_id: BundleView(tuple(_part(part, known[part.variant_id], language) for part in own if part.variant_id in known))
        for bundle_id, own in parts.items()
        if own
    }


def bundles_of(bundle_ids: Sequence[uuid.UUID], language: str, conversion: Conversion | None) -> dict[uuid.UUID, BundleView]:
    """What these sets contain, with today's prices. Two queries, none without sets."""
    return bundle_views(parts_of(list(bundle_ids)), language, conversion)


def offered(bundle_id: uuid.UUID, view: BundleView, unit_minor: int, currency: str) -> Offered:
    """A set as its page offers it at this price."""
    return Offered(bundle_id, view, currency, view.saved_minor(unit_minor, currency), view.saved_percent(unit_minor, currency))


def _part(part: BundlePart, variant: SellableVariant, language: str) -> BundlePartView:
    return BundlePartView(variant, part.quantity, variant.title_in(language), variant.options_in(language), part.is_on_sale)
