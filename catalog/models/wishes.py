"""What shoppers keep an eye on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from catalog.models.products import Product
from core.models import Entity


class WishList(Entity):
    """Things somebody may want: a member's, or a guest's that is found by the token in a cookie. `share_token` opens it to others.

    The first list of everybody has no name of its own; pages call it what the reader's language does.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="wish_lists")
    token = models.CharField(max_length=48, unique=True, null=True)
    name = models.CharField(_("name"), max_length=60, blank=True)
    is_default = models.BooleanField(default=False)
    share_token = models.CharField(max_length=48, unique=True, null=True)

    class Meta:
        verbose_name = _("wish list")
        verbose_name_plural = _("wish lists")
        constraints = [
            models.CheckConstraint(condition=Q(user__isnull=True) ^ Q(token__isnull=True), name="wish_list_owner"),
            models.UniqueConstraint(fields=["user"], condition=Q(is_default=True), name="wish_list_one_default"),
        ]

    def __str__(self) -> str:
        return self.name or str(_("Wish list"))


class Wish(Entity):
    """A product on a list. Prices are minor units of the card's own currency.

    `seen_minor` is what it cost when it was put there, `told_minor` the lowest price its owner knows; a mail is written below that only.
    """

    wish_list = models.ForeignKey(WishList, on_delete=models.CASCADE, related_name="wishes")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="wishes")
    seen_minor = models.BigIntegerField()
    seen_currency = models.CharField(max_length=3)
    told_minor = models.BigIntegerField()
    is_quiet = models.BooleanField(default=False)
    back_told_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        constraints = [models.UniqueConstraint(fields=["wish_list", "product"], name="wish_once")]
        indexes = [models.Index(fields=["wish_list", "-created_at"], name="wish_newest")]

    def __str__(self) -> str:
        return str(self.product_id)
