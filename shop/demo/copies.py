"""A seller who borrowed a competitor's picture, mirrored and cropped, so that the operator's queue has something to decide."""

import datetime as dt

from PIL import ImageOps

from catalog.models import CopySuspicion, Picture, Product


def borrow_a_picture(now: dt.datetime) -> None:
    """Put the first picture of one merchant's product on another merchant's of the same category; again changes nothing."""
    # Here, because they bring numpy and the picture processes import this package.
    from catalog.services.copies import look_for_copies  # noqa: PLC0415
    from catalog.services.likeness import look_at  # noqa: PLC0415
    from catalog.services.pictures import add_picture, make_renditions, media_path  # noqa: PLC0415
    from core.imaging import decode  # noqa: PLC0415

    if CopySuspicion.objects.exists():
        return
    owner, borrower = _two_rivals()
    if owner is None or borrower is None:
        return
    image = ImageOps.mirror(decode(media_path(owner.original).read_bytes()))
    edge = image.width // 10
    taken = add_picture(product=borrower, image=image.crop((edge, edge, image.width - edge, image.height - edge)), alt=borrower.title)
    picture = make_renditions(taken.pk, widths=(160, 320, 480, 640), formats=("webp", "jpg"))
    look_at(picture=picture, at=now)
    look_for_copies(picture=picture, at=now)


def _two_rivals() -> tuple[Picture | None, Product | None]:
    """A picture, and a product of another merchant in the same category, the first by slug."""
    for product in Product.objects.filter(status=Product.Status.PUBLISHED).order_by("slug"):
        others = Picture.objects.filter(product__category=product.category_id).exclude(product__merchant=product.merchant_id)
        if owner := others.order_by("product__slug", "position").first():
            return owner, product
    return None, None
