"""What a parcel and the customs need to know of a piece: how large it is packed, its HS code, where it was made."""

from __future__ import annotations

import re

from core.countries import assigned_codes

# A packed piece is at most so long; whoever sells something longer has mistaken the unit.
MOST_MM = 30_000
_SEPARATORS = re.compile(r"[\s.\-]")
_HS_CODE = re.compile(r"[0-9]{6,10}", re.ASCII)


def plain_hs_code(text: str) -> str:
    """A code as it is stored: `6109.10.00` and `610910 00` are 61091000."""
    return _SEPARATORS.sub("", text)


def is_hs_code(code: str) -> bool:
    """Whether it is 6 digits of the Harmonized System, with up to 4 more of a country's own."""
    return _HS_CODE.fullmatch(code) is not None


def is_origin(code: str) -> bool:
    """Whether it is a country of ISO 3166-1, as two capital letters."""
    return code in assigned_codes()


def is_size(millimetres: int | None) -> bool:
    """Whether a packed piece can be so long; None where nobody has said."""
    return millimetres is None or 0 < millimetres <= MOST_MM


def volume_of(length_mm: int | None, width_mm: int | None, height_mm: int | None) -> int:
    """Cubic millimetres of a packed piece; zero where a side is not known."""
    return length_mm * width_mm * height_mm if length_mm and width_mm and height_mm else 0
