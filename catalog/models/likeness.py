"""What the pictures look like, in numbers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.pictures import Picture
from catalog.models.products import Product
from catalog.states import COPY_TRANSITIONS, CopyStatus
from core.models import Stateful


class PictureFeatures(models.Model):
    """The features of a picture by one embedder: six vectors of 192 bytes, and their signs, by which the index finds it.

    Made from the pixels and made anew whenever another embedder is chosen, so losing them loses nothing.
    """

    picture = models.OneToOneField(Picture, on_delete=models.CASCADE, primary_key=True, related_name="features")
    embedder = models.CharField(max_length=12)
    vectors = models.BinaryField()
    codes = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["embedder", "made_at"], name="features_newest")]

    def __str__(self) -> str:
        return str(self.picture_id)


class CopySuspicion(Stateful):
    """A picture that is nearly the same as an older one of another merchant; a person decides. Only the operator sees these rows.

    The folders of both pictures are kept, because files stay where a picture is taken off its product.
    """

    TRANSITIONS = COPY_TRANSITIONS

    picture = models.OneToOneField(Picture, on_delete=models.SET_NULL, null=True, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", verbose_name=_("product"))
    prefix = models.CharField(max_length=200)
    original = models.ForeignKey(Picture, on_delete=models.SET_NULL, null=True, related_name="+")
    original_product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", verbose_name=_("older product"))
    original_prefix = models.CharField(max_length=200)
    likeness = models.PositiveSmallIntegerField(_("likeness in per cent"))
    status = models.CharField(_("status"), max_length=10, choices=CopyStatus.choices, default=CopyStatus.OPEN)

    class Meta:
        verbose_name = _("suspected copy")
        verbose_name_plural = _("suspected copies")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["open", "allowed", "copied"]), name="copy_status"),
            models.CheckConstraint(condition=Q(likeness__lte=100), name="copy_likeness"),
        ]
        indexes = [models.Index(fields=["status", "-created_at"], name="copy_queue")]

    def __str__(self) -> str:
        return self.product.text("title")
