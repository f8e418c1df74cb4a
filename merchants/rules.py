"""Which rule of a commission plan a sold item falls under, and the fee by it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.money import basis_points


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of a rule as the plan has it; what is None does not narrow it. Amounts are minor units of `currency`.

    `category` is the slug of a category that includes all below it; `from_minor` ≤ total of the item < `to_minor`. The plan's own rate,
    which stands at the bottom, has no `rule`.
    """

    rate_bps: int | None
    rule: uuid.UUID | None = None
    version: int = 0
    position: int = 0
    product: uuid.UUID | None = None
    category: str = ""
    merchant: uuid.UUID | None = None
    currency: str = ""
    from_minor: int | None = None
    to_minor: int | None = None
    floor_minor: int | None = None
    cap_minor: int | None = None
    fixed_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Sold:
    """A sold item: its merchant, its total as charged, and where it stands in the catalogue. Shipping has no `product`."""

    merchant: uuid.UUID
    currency: str
    total_minor: int
    product: uuid.UUID | None = None
    category_path: str = ""


def first_match(plan: Sequence[Terms], sold: Sold, paths: Mapping[str, str]) -> Terms:
    """The first terms of the plan that fit; `paths` leads from a category's slug to its path.

    Raises:
        ValueError: none fits, so the plan has lost its default.
    """
    for terms in plan:
        if _is_of(terms, sold) and _is_in_band(terms, sold) and _is_in_category(terms, sold, paths):
            return terms
    raise ValueError("a plan ends with its own rate")


def _is_of(terms: Terms, sold: Sold) -> bool:
    return (
        terms.merchant in {None, sold.merchant}
        and terms.product in {None, sold.product}
        and terms.currency in {"", sold.currency}
        # A fee per piece is for goods.
        and (terms.fixed_minor is None or sold.product is not None)
    )


def _is_in_band(terms: Terms, sold: Sold) -> bool:
    if terms.from_minor is None and terms.to_minor is None:
        return True
    is_reached = terms.from_minor is None or sold.total_minor >= terms.from_minor
    return sold.product is not None and is_reached and (terms.to_minor is None or sold.total_minor < terms.to_minor)


def _is_in_category(terms: Terms, sold: Sold, paths: Mapping[str, str]) -> bool:
    if not terms.category:
        return True
    path = paths.get(terms.category, "")
    return bool(path) and sold.category_path.startswith(path)


def fee_minor(terms: Terms, base_minor: int, quantity: int) -> int:
    """The fee for an item of `base_minor` net of tax: per piece, or a share half up between floor and cap; never more than the base."""
    if terms.fixed_minor is not None:
        return min(terms.fixed_minor * quantity, base_minor)
    fee = basis_points(base_minor, terms.rate_bps or 0)
    if terms.floor_minor is not None:
        fee = max(fee, terms.floor_minor)
    if terms.cap_minor is not None:
        fee = min(fee, terms.cap_minor)
    return min(fee, base_minor)
