"""The mail to a merchant whose product carried another merchant's picture. It says nothing about whose."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.events import PictureCopied
from catalog.models import Product
from core.outbox import handles
from support.content import Notice, Row, language
from support.links import merchant_product_url
from support.selectors import TOLD_OF_GOODS, readers_at
from support.services import notify


@handles(PictureCopied)
def mail_picture_copied(event: PictureCopied) -> None:
    """To whoever keeps the merchant's goods. A second picture of the same product is a mail of its own."""
    product: Product = Product.objects.select_related("merchant").get(pk=event.product_id)
    for reader in readers_at(product.merchant, TOLD_OF_GOODS):
        notify(
            subject_id=event.suspicion_id,  # type: ignore[arg-type]  # a key as text is one
            reader=reader,
            write=lambda: picture_copied(product, event.reason),
            at=timezone.now(),
        )


def picture_copied(product: Product, reason: str) -> Notice:
    title = product.text("title", language())
    return Notice(
        kind="picture_copied",
        subject=_("A picture of “%(title)s” was removed") % {"title": title},
        heading=_("A picture of this product is not yours to show."),
        lead=[
            _("It is the same as an older picture of another shop. We have taken it off, and the product is hidden."),
            _("Add a picture of your own and publish the product again. If the picture is yours, answer this mail and tell us why."),
        ],
        button=_("Open the product"),
        url=merchant_product_url(product.pk),
        facts=[Row(_("Product"), title), Row(_("Reason"), reason)],
    )
