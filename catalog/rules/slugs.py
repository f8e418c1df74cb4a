"""Readable parts of URLs."""

import uuid

from django.utils.text import slugify

MAX_SLUG = 100


def slug_base(title: str) -> str:
    """The title in ASCII, lower case, with hyphens; empty where nothing of it is ASCII, as with Chinese."""
    return slugify(title)[:MAX_SLUG].strip("-")


def slug_with_id(base: str, row_id: uuid.UUID) -> str:
    """A slug nobody else has: the base and the random end of the row's id."""
    return f"{base or 'item'}-{row_id.hex[-10:]}"
