"""Where renditions of pictures lie."""

from django.conf import settings


def picture_url(prefix: str, width: int, fmt: str) -> str:
    """The address of one rendition, such as /media/products/<id>/320.webp."""
    return f"{settings.MEDIA_URL}{prefix}/{width}.{fmt}"
