"""What a product's type asks of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from catalog.errors import AttributeInvalid, AttributeMissing
from catalog.models import Product
from catalog.rules.attributes import merged, said, value_of
from catalog.selectors.attributes import asked_of
from catalog.services.products import locked_product, update_product


@transaction.atomic
def set_attributes(*, product_id: uuid.UUID, values: Mapping[str, str]) -> Product:
    """Say what the product's type asks for, by key; an empty text takes an attribute away, one that is not named stays.

    Raises:
        ProductNotFound: there is none.
        AttributeInvalid: a text is no value of its attribute, such as a word for a number or a choice that is none.
        AttributeMissing: one that the type needs would be empty.
    """
    product = locked_product(product_id)
    attributes = attributes_with(product, values)
    for one in asked_of(product.category):
        if one.is_required and not value_of(attributes, one):
            raise AttributeMissing(name=one.name)
    return product if attributes == product.attributes else update_product(product_id=product.pk, attributes=attributes)


def attributes_with(product: Product, values: Mapping[str, str]) -> list[dict[str, Any]]:
    """The attributes of a product with these values for those its type asks for; raises AttributeInvalid, and changes nothing."""
    asked = asked_of(product.category)
    new = {}
    for one in asked:
        text = values.get(one.spec.key)
        if text is None:
            continue
        new[one.spec.key] = said(one, text) if text.strip() else None
        if text.strip() and new[one.spec.key] is None:
            raise AttributeInvalid(name=one.name, value=text[:40])
    return merged(product.attributes, asked, new)
