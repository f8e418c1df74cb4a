"""Writes of the catalogue, one module per noun."""

from catalog.services.products import archive_product, create_product, hide_product, publish_product, update_product
from catalog.services.variants import NewVariant

__all__ = ["NewVariant", "archive_product", "create_product", "hide_product", "publish_product", "update_product"]
