from __future__ import annotations

from django.db import models

from orders.models.purchases import Checkout


class PurchaseOrigin(models.Model):
    """Where a purchase was placed from, to see many of one hand. Deleted after some months: it tells more of a person than an order."""

    checkout = models.OneToOneField(Checkout, on_delete=models.CASCADE, primary_key=True, related_name="origin")
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=48, blank=True)
    network_country = models.CharField(max_length=2, blank=True)
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["address", "seen_at"], name="origin_address"),
            models.Index(fields=["device", "seen_at"], name="origin_device", condition=~models.Q(device="")),
            models.Index(fields=["seen_at"], name="origin_seen"),
        ]

    def __str__(self) -> str:
        return str(self.address)
