"""Reads of the catalogue, one module per noun."""

from catalog.selectors.variants import SellableVariant, sellable_variants

__all__ = ["SellableVariant", "sellable_variants"]
