"""Which way a merchant's goods take to the shopper, as it was chosen."""

import datetime as dt
import re
import uuid
from dataclasses import dataclass

_VALUE = re.compile(r"(?P<way>store|slot)-(?P<key>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-(?P<day>\d{8}))?")


@dataclass(frozen=True, slots=True)
class ChosenWay:
    """The store's warehouse, or a slot and its day; neither where it is simply sent."""

    store_id: uuid.UUID | None = None
    slot_id: uuid.UUID | None = None
    day: dt.date | None = None

    @property
    def value(self) -> str:
        """As a form sends it."""
        if self.store_id is not None:
            return f"store-{self.store_id}"
        return f"slot-{self.slot_id}-{self.day:%Y%m%d}" if self.slot_id is not None and self.day is not None else "sent"


SENT = ChosenWay()


def way_of(value: str) -> ChosenWay:
    """The way that a form names; sending for anything else."""
    match = _VALUE.fullmatch(value)
    if match is None:
        return SENT
    key = uuid.UUID(match["key"])
    if match["way"] == "store":
        return ChosenWay(store_id=key)
    try:
        return ChosenWay(slot_id=key, day=dt.datetime.strptime(match["day"] or "", "%Y%m%d").date())  # noqa: DTZ007  a date has no zone
    except ValueError:
        return SENT
