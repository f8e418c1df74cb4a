"""Which papers there are of an order, for whoever may see them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from orders.errors import PaperNotFound
from orders.models import Checkout, Invoice


def papers_of(order_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Invoice]]:
    """Invoices and credit notes by merchant order, in the order in which they were issued; without what they say. One statement."""
    found: dict[uuid.UUID, list[Invoice]] = {}
    rows = Invoice.objects.filter(order__in=list(order_ids)).defer("content").order_by("issued_at", "-kind", "sequence")
    for paper in rows:
        found.setdefault(paper.order_id, []).append(paper)
    return found


def paper_of_purchase(paper_id: uuid.UUID, checkout: Checkout) -> Invoice:
    """A paper of one of this purchase's orders; whoever asks has shown that the purchase is theirs.

    Raises:
        PaperNotFound: there is none, or it is of another purchase.
    """
    found: Invoice | None = Invoice.objects.filter(pk=paper_id, order__checkout=checkout).first()
    if found is None:
        raise PaperNotFound
    return found
