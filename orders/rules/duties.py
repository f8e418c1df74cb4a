"""Which goods of an order cross a border, with what of its shipping."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from logistics.rules.duties import Declared, Dutiable, crossing, shipping_share

Source = tuple[uuid.UUID, int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Crossing:
    """The goods of one merchant order that come from another country, and what of its shipping falls on them, in minor units.

    `sent_from` names the countries they come from, as ISO 3166 codes with commas.
    """

    goods: Sequence[Dutiable]
    shipping_minor: int
    sent_from: str

    @classmethod
    def of(cls, declared: Mapping[uuid.UUID, Declared], sources: Iterable[Source], shipping_minor: int) -> Crossing:
        """From all that is sent, and from what of it lies abroad: variant, pieces, and what the plan says about the border."""
        rows = list(sources)
        goods = crossing(
            {str(key): row for key, row in declared.items()},
            [(str(variant_id), pieces, bool(plan["out_of_bond"])) for variant_id, pieces, plan in rows],
        )
        worth = sum(row.value_minor for row in declared.values())
        share = shipping_share(shipping_minor, sum(row.value_minor for row in goods), worth)
        return cls(goods, share, ", ".join(sorted({str(plan["crosses_from"]) for _key, _pieces, plan in rows})))
