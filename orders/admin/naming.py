"""How the references that payments, logistics and loyalty keep are called: by order and purchase numbers."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from core.backoffice.references import names_references
from orders.models import Checkout, MerchantOrder


@names_references
def order_numbers(references: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(MerchantOrder.objects.filter(pk__in=references).values_list("pk", "number"))


@names_references
def purchase_numbers(references: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(Checkout.objects.filter(pk__in=references).values_list("pk", "number"))
