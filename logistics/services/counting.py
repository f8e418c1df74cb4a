"""The stock that files of products count: one number per variant, in the warehouse its merchant sends from first."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence

from catalog.imports.stock import Count, Level
from core.ids import uuid7
from core.postgresql.bulk import insert_rows
from logistics.models import Stock, StockMovement, Warehouse
from logistics.services.levels import Change, must_shift
from logistics.services.showcase import refresh_in_stock


class DefaultWarehouse:
    """Implements catalog.imports.stock.StockKeeper; the settings name it."""

    def places(self, merchant_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
        return set(_defaults(merchant_ids))

    def levels(self, variant_ids: Collection[uuid.UUID], *, lock: bool) -> Mapping[uuid.UUID, Level]:
        if not variant_ids:
            return {}
        merchants = set(Stock.objects.filter(variant_id__in=variant_ids).values_list("merchant_id", flat=True))
        rows = Stock.objects.filter(variant_id__in=variant_ids, warehouse_id__in=_defaults(merchants).values()).order_by("pk")
        if lock:
            rows = rows.select_for_update(no_key=True)
        return {key: Level(on_hand, reserved) for key, on_hand, reserved in rows.values_list("variant_id", "on_hand", "reserved")}

    def count(self, counts: Sequence[Count], *, actor: str, at: dt.datetime, note: str) -> None:
        """The differences become movements: received where there was no row yet, corrected elsewhere."""
        if not counts:
            return
        houses = _defaults({count.merchant_id for count in counts})
        wanted = {count.variant_id: count for count in counts}
        known = _rows(wanted, houses)
        fresh = {key: uuid7() for key in wanted if key not in known}
        empty = {"on_hand": 0, "reserved": 0, "created_at": at}
        insert_rows(
            Stock,
            [
                {"id": pk, "merchant_id": (house := wanted[key].merchant_id), "variant_id": key, "warehouse_id": houses[house], **empty}
                for key, pk in fresh.items()
            ],
        )
        known |= {key: (pk, 0) for key, pk in fresh.items()}
        deltas = [(known[key][0], count.on_hand - known[key][1]) for key, count in wanted.items()]
        received = set(fresh.values())
        reasons = {True: StockMovement.Reason.RECEIVED.value, False: StockMovement.Reason.CORRECTED.value}
        said = {"note": note[:200], "reference": "", "actor": actor, "created_at": at}
        moved = [
            {"id": uuid7(), "stock_id": pk, "delta": delta, "reason": reasons[pk in received], **said} for pk, delta in deltas if delta
        ]
        insert_rows(StockMovement, moved)
        refresh_in_stock(variant_ids=must_shift(Change(pk, on_hand=delta) for pk, delta in deltas if delta))


def _defaults(merchant_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """The first open warehouse of each merchant by its priority."""
    rows = Warehouse.objects.filter(merchant_id__in=merchant_ids, is_active=True).order_by("merchant_id", "priority", "code")
    return dict(rows.distinct("merchant_id").values_list("merchant_id", "pk"))


def _rows(variant_ids: Collection[uuid.UUID], houses: Mapping[uuid.UUID, uuid.UUID]) -> dict[uuid.UUID, tuple[uuid.UUID, int]]:
    rows = Stock.objects.filter(variant_id__in=variant_ids, warehouse_id__in=houses.values())
    return {variant: (pk, on_hand) for variant, pk, on_hand in rows.values_list("variant_id", "pk", "on_hand")}
