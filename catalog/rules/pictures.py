"""Which renditions of a picture outlive it."""

from collections.abc import Iterable

# What orders show of a picture for good, also when it was taken off its product.
KEPT_WIDTHS = (160, 320)


def kept(widths: Iterable[int]) -> list[int]:
    """Those of the widths in pixels that stay."""
    return [width for width in widths if width in KEPT_WIDTHS]
