"""What the catalogue needs to know and say about stock, which an upper app keeps. `CATALOG_STOCK_KEEPER` names the one that does."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Level:
    """Pieces of a variant in its merchant's default warehouse, and how many of them are promised to orders."""

    on_hand: int
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """So many pieces should lie in the default warehouse of the variant's merchant."""

    merchant_id: uuid.UUID
    variant_id: uuid.UUID
    on_hand: int


class StockKeeper(Protocol):
    """Keeps one count per variant, in the warehouse that its merchant sends from first."""

    def places(self, merchant_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
        """Those of the merchants that have such a warehouse."""

    def levels(self, variant_ids: Collection[uuid.UUID], *, lock: bool) -> Mapping[uuid.UUID, Level]:
        """What lies there of these variants; none is zero. Locked, it stays so until the transaction ends."""

    def count(self, counts: Sequence[Count], *, actor: str, at: dt.datetime, note: str) -> None:
        """Write what was counted, with the reason. The rows that exist were locked and looked at before.

        The cards of the variants' products exist; afterwards they say whether there is something to sell.
        """


def keeper() -> StockKeeper:
    """The one that the settings name."""
    return cast(StockKeeper, import_string(settings.CATALOG_STOCK_KEEPER)())
