"""Keeps the catalogue's `in stock` true when a product's availability crosses zero."""

import uuid
from collections.abc import Collection

from django.db import connection, transaction

from catalog.services import cards
from logistics import selectors

# Two purchases that empty two variants of one product would each still see the other's pieces and leave the card "in stock".
# Whoever comes second waits here until the first has committed, and counts afterwards. Products share 256 advisory locks, so
# that a delivery of ten thousand products does not fill the server's lock table.
_QUEUE_UP = "SELECT pg_advisory_xact_lock(%s, bucket) FROM unnest(%s::integer[]) AS bucket"
_LOCK_SPACE = 20_010
_BUCKETS = 256
# Up to so many products one short, prepared statement each is quicker than one that composes them.
_FEW = 20


@transaction.atomic(savepoint=False)
def refresh_in_stock(*, variant_ids: Collection[uuid.UUID] = (), product_ids: Collection[uuid.UUID] = ()) -> None:
    """Tell the catalogue whether these products, or the products of these variants, can be bought; none given, no statement."""
    products = {*product_ids, *selectors.products_of(variant_ids)}
    if not products:
        return
    buckets = sorted({product_id.int % _BUCKETS for product_id in products})
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE_UP, [_LOCK_SPACE, buckets])
    found = selectors.product_availability(products)
    if len(found) > _FEW:
        available = [product_id for product_id, count in found.items() if count > 0]
        cards.note_stock(available=available, sold_out=[product_id for product_id in found if found[product_id] <= 0])
        return
    for product_id, count in sorted(found.items()):
        cards.set_in_stock(product_id, count > 0)


def correct_showcase(*, limit: int = 500) -> int:
    """Sweep: bring cards in step where a variant or warehouse was switched on or off after the goods last moved.

    Returns how many products were out of step.
    """
    products = selectors.products_out_of_step(limit)
    refresh_in_stock(product_ids=products)
    return len(products)
