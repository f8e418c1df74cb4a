"""What stands on an invoice and on a credit note: plain values, frozen when it is issued, printed from nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from orders.rules.commission import part_returned
from orders.rules.taxes import Rate, tax_shares

# The key of the shipping among the lines.
SHIPPING = ""


@dataclass(frozen=True, slots=True)
class Party:
    """Seller or buyer: a name and the lines of the address below it."""

    name: str
    address: tuple[str, ...]
    tax_number: str = ""


@dataclass(frozen=True, slots=True)
class PaperLine:
    """Something charged or given back; `key` is the order line's id, empty for shipping. `total_minor` includes `tax_minor`."""

    key: str
    title: str
    details: str
    quantity: int
    price_minor: int
    total_minor: int
    tax_kind: str
    tax_bps: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper. Days are ISO 8601 in the operator's time zone; `corrects` is the number and day of a credit note's invoice."""

    kind: str
    language: str
    currency: str
    order: str
    ordered_on: str
    paid_on: str
    seller: Party
    buyer: Party
    lines: tuple[PaperLine, ...]
    points_minor: int = 0
    corrects: tuple[str, str] = ("", "")
    purchase_number: str = ""

    @property
    def total_minor(self) -> int:
        return sum(line.total_minor for line in self.lines)

    @property
    def tax_minor(self) -> int:
        return sum(line.tax_minor for line in self.lines)

    def content(self) -> dict[str, Any]:
        """As JSON keeps it, with the tax per rate."""
        shares = tax_shares((Rate(line.tax_kind, line.tax_bps), line.total_minor, line.tax_minor) for line in self.lines)
        taxes = [
            {"kind": share.rate.kind, "bps": share.rate.bps, "net_minor": share.net_minor, "tax_minor": share.tax_minor} for share in shares
        ]
        return {**asdict(self), "taxes": taxes, "total_minor": self.total_minor, "tax_minor": self.tax_minor}


@dataclass(frozen=True, slots=True)
class Credited:
    """How much of a line went back, and for how many pieces (0: a part of the price only)."""

    quantity: int
    amount_minor: int


def credit_lines(
    invoiced: Sequence[Mapping[str, Any]], credited: Mapping[str, Credited], before: Mapping[str, int]
) -> tuple[PaperLine, ...]:
    """The lines of a credit note: each with the rate it was invoiced at and the tax that goes with this part of it.

    Args:
        invoiced: the lines of the invoice as frozen.
        credited: by key of the line.
        before: minor units credited by earlier notes, by key of the line.

    Raises:
        ValueError: more than was invoiced is credited.
    """
    lines = []
    for line in invoiced:
        part = credited.get(line["key"])
        if part is None or not part.amount_minor:
            continue
        tax = part_returned(line["tax_minor"], line["total_minor"], before.get(line["key"], 0), part.amount_minor)
        is_whole_pieces = part.quantity > 0 and part.quantity * line["price_minor"] == part.amount_minor
        quantity = part.quantity if is_whole_pieces else 1
        price = line["price_minor"] if is_whole_pieces else part.amount_minor
        changes = {"quantity": quantity, "price_minor": price, "total_minor": part.amount_minor, "tax_minor": tax}
        lines.append(PaperLine(**{**line, **changes}))
    return tuple(lines)


def rest_of(invoiced: Sequence[Mapping[str, Any]], before: Mapping[str, int]) -> dict[str, Credited]:
    """All that earlier notes have left of an invoice."""
    rest = {line["key"]: line["total_minor"] - before.get(line["key"], 0) for line in invoiced}
    return {
        line["key"]: Credited(line["quantity"] if rest[line["key"]] == line["total_minor"] else 0, rest[line["key"]]) for line in invoiced
    }


def number_of(series: str, year: int, sequence: int) -> str:
    """A paper's number, such as INV-2026-000017."""
    return f"{series}-{year}-{sequence:06d}"
