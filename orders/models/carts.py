from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from catalog.models import Variant
from core.models import Entity


class Cart(Entity):
    """What somebody means to buy. A member has one; a guest's is found by the random `token` in a cookie."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, null=True, related_name="cart")
    token = models.CharField(max_length=48, unique=True, null=True)
    touched_at = models.DateTimeField(auto_now=True)

    # How many pieces it holds, where whoever changed it has counted them.
    pieces: int | None = None

    def __str__(self) -> str:
        return str(self.pk)


class CartLine(Entity):
    """`seen_minor` of `seen_currency` is the price the shopper last saw; checkout asks again when it has changed."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField()
    seen_minor = models.BigIntegerField()
    seen_currency = models.CharField(max_length=3)
    # Pieces at a price agreed with the merchant are a line of their own, of exactly as many as were agreed upon.
    quote = models.OneToOneField("orders.Quote", on_delete=models.CASCADE, null=True, related_name="cart_line")
    agreed_minor = models.BigIntegerField(null=True)

    # What the buyer wants on it, by the key of the product's field; pieces with other words are a line of their own.
    answers = models.JSONField(default=dict)
    answers_key = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant", "answers_key"], condition=Q(quote=None), name="cart_line_once"),
            models.CheckConstraint(
                condition=Q(quote=None, agreed_minor=None) | Q(quote__isnull=False, agreed_minor__gt=0), name="cart_line_agreed"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cart_line_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.variant_id}"
