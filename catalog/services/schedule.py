"""Going on sale, and off it, at a moment agreed on before."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from catalog.errors import ScheduleInvalid
from catalog.events import ProductNotPublished
from catalog.models import Product
from catalog.services.products import hide_product, locked_product, publish_product
from core import outbox
from core.errors import DomainError
from core.ids import uuid7

ACTOR = "system:schedule"
Status = Product.Status


@transaction.atomic
def schedule_product(*, product_id: uuid.UUID, publish_at: dt.datetime | None, hide_at: dt.datetime | None, at: dt.datetime) -> Product:
    """Say when a product goes on sale by itself and when off it; None for never.

    Raises:
        ProductNotFound: there is none.
        ScheduleInvalid: a moment that is over, an end before its beginning, or a beginning for what is on sale or archived.
    """
    product = locked_product(product_id)
    is_changed = (publish_at, hide_at) != (product.publish_at, product.hide_at)
    if not is_changed:
        return product
    if any(moment is not None and moment <= at for moment in (publish_at, hide_at)):
        raise ScheduleInvalid
    if publish_at and hide_at and hide_at <= publish_at:
        raise ScheduleInvalid
    if (publish_at and product.status in {Status.PUBLISHED, Status.ARCHIVED}) or (hide_at and product.status == Status.ARCHIVED):
        raise ScheduleInvalid
    product.publish_at, product.hide_at = publish_at, hide_at
    product.save(update_fields=["publish_at", "hide_at"])
    return product


def follow_schedule(*, at: dt.datetime, limit: int = 100) -> int:
    """Publish and hide what is due; returns how many moments are past now. Each product in a transaction of its own."""
    hiding = Product.objects.filter(hide_at__lte=at).order_by("hide_at").values_list("pk", flat=True)
    publishing = Product.objects.filter(publish_at__lte=at).order_by("publish_at").values_list("pk", flat=True)
    return sum(_publish(pk, at) for pk in list(publishing[:limit])) + sum(_hide(pk, at) for pk in list(hiding[:limit]))


def _publish(product_id: uuid.UUID, at: dt.datetime) -> bool:
    with transaction.atomic():
        rows = Product.objects.select_for_update(skip_locked=True, no_key=True)
        product = rows.filter(pk=product_id, publish_at__lte=at).first()
        if product is None:
            return False
        # Waits for the operator: it goes on sale when it is approved.
        Product.objects.filter(pk=product_id).update(publish_at=None)
        if product.status not in {Status.DRAFT, Status.HIDDEN}:
            return True
        try:
            with transaction.atomic():
                publish_product(product_id=product_id, actor=ACTOR, at=at)
        except DomainError as error:
            outbox.publish(ProductNotPublished(product_id=str(product_id), decision_id=str(uuid7()), code=error.code))
        return True


def _hide(product_id: uuid.UUID, at: dt.datetime) -> bool:
    with transaction.atomic():
        rows = Product.objects.select_for_update(skip_locked=True, no_key=True)
        product = rows.filter(pk=product_id, hide_at__lte=at).first()
        if product is None:
            return False
        Product.objects.filter(pk=product_id).update(hide_at=None)
        if product.status == Status.PUBLISHED:
            hide_product(product_id=product_id, actor=ACTOR, at=at)
        return True
