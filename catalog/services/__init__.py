"""Writes of the catalogue, one module per noun."""

from catalog.services.approval import approve_product, return_product, rework_product, submit_or_publish, update_or_propose
from catalog.services.products import archive_product, create_product, hide_product, publish_product, update_product
from catalog.services.schedule import schedule_product
from catalog.services.variants import NewVariant

__all__ = [
    "NewVariant",
    "approve_product",
    "archive_product",
    "create_product",
    "hide_product",
    "publish_product",
    "return_product",
    "rework_product",
    "schedule_product",
    "submit_or_publish",
    "update_or_propose",
    "update_product",
]
