"""How the references that payments, logistics and loyalty keep are called: by order and purchase numbers."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.urls import reverse

from core.backoffice.references import links_references, names_references
from orders.models import AfterSalesCase, Checkout, MerchantOrder


@names_references
def order_numbers(references: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(MerchantOrder.objects.filter(pk__in=references).values_list("pk", "number"))


@names_references
def purchase_numbers(references: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(Checkout.objects.filter(pk__in=references).values_list("pk", "number"))


@links_references
def purchase_pages(references: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    found = Checkout.objects.filter(pk__in=references).values_list("pk", flat=True)
    return {key: reverse("admin:orders_checkout_change", args=[key]) for key in found}


@links_references
def order_pages(references: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    found = MerchantOrder.objects.filter(pk__in=references).values_list("pk", flat=True)
    return {key: reverse("admin:orders_merchantorder_change", args=[key]) for key in found}


@names_references
def case_numbers(references: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(AfterSalesCase.objects.filter(pk__in=references).values_list("pk", "number"))
