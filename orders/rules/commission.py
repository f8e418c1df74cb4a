"""What the operator keeps of a sold item, frozen at placing, and how much of it goes back with a refund."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from core.money import BASIS_POINTS, basis_points
from merchants.rules import Terms, fee_minor


@dataclass(frozen=True, slots=True)
class Fee:
    """The operator's fee and the tax upon it, in minor units."""

    amount_minor: int
    tax_minor: int


class Charged(Protocol):
    """A frozen commission line: `gross_minor` is what the shopper was charged, `amount_minor` and `tax_minor` what the operator kept."""

    gross_minor: int
    amount_minor: int
    tax_minor: int


def fee_of(terms: Terms, *, gross_minor: int, tax_minor: int, quantity: int, fee_tax_bps: int) -> Fee:
    """The fee for an item of `gross_minor`, of which `tax_minor` is tax; the merchant pays `fee_tax_bps` upon it.

    Reckoned on the net amount; fee and its tax never exceed what the shopper was charged.
    """
    amount = fee_minor(terms, gross_minor - tax_minor, quantity)
    tax = basis_points(amount, fee_tax_bps)
    if amount + tax > gross_minor:
        amount = gross_minor * BASIS_POINTS // (BASIS_POINTS + fee_tax_bps)
        tax = min(basis_points(amount, fee_tax_bps), gross_minor - amount)
    return Fee(amount, tax)


def commission_of_refund(line: Charged, before_minor: int, amount_minor: int) -> tuple[int, int]:
    """(commission, its tax) that go back when `amount_minor` of an item is refunded after `before_minor` of it was.

    Reckoned on the sums so far, so any sequence of part refunds gives back exactly what one refund of their sum would.
    """
    return (
        part_returned(line.amount_minor, line.gross_minor, before_minor, amount_minor),
        part_returned(line.tax_minor, line.gross_minor, before_minor, amount_minor),
    )


def part_returned(share_minor: int, whole_minor: int, before_minor: int, amount_minor: int) -> int:
    """How much of `share_minor`, a part of `whole_minor`, goes with the next `amount_minor` of the whole after `before_minor` of it.

    Raises:
        ValueError: more than the whole would have gone, or an amount is negative.
    """
    if min(before_minor, amount_minor) < 0 or before_minor + amount_minor > whole_minor:
        raise ValueError(f"{before_minor} and then {amount_minor} is not within {whole_minor}")
    return _gone(share_minor, whole_minor, before_minor + amount_minor) - _gone(share_minor, whole_minor, before_minor)


def _gone(share_minor: int, whole_minor: int, gone_minor: int) -> int:
    """Half up, so that it never sinks as more goes and is the whole share at the end."""
    return (2 * share_minor * gone_minor + whole_minor) // (2 * whole_minor) if whole_minor else 0
