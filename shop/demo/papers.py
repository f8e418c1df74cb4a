"""Invoices of the demo's past, issued in the order and on the days on which it was paid."""

from orders.models import Invoice, MerchantOrder
from orders.services.papers import issue_invoice


def issue_papers() -> None:
    """One invoice per paid order; those that are there stay as they are."""
    orders = MerchantOrder.objects.filter(paid_at__isnull=False).exclude(pk__in=Invoice.objects.values("order"))
    for order in orders.order_by("paid_at", "number").only("pk", "paid_at"):
        if order.paid_at is not None:
            issue_invoice(order_id=order.pk, at=order.paid_at)
