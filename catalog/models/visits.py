"""What members looked at, and the shops they follow."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models.products import Product
from core.models import Entity
from merchants.models import Merchant


class RecentView(Entity):
    """The last time a member looked at a product; the newest fifty are kept. Guests' browsers keep their own."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recent_views")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("recently viewed product")
        verbose_name_plural = _("recently viewed products")
        constraints = [models.UniqueConstraint(fields=["user", "product"], name="recent_view_once")]
        indexes = [models.Index(fields=["user", "-seen_at"], name="recent_view_newest")]

    def __str__(self) -> str:
        return str(self.product_id)


class ShopFollow(Entity):
    """A member's favourite shop."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="followed_shops")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="followers")

    class Meta:
        verbose_name = _("followed shop")
        verbose_name_plural = _("followed shops")
        constraints = [models.UniqueConstraint(fields=["user", "merchant"], name="shop_follow_once")]

    def __str__(self) -> str:
        return str(self.merchant_id)
