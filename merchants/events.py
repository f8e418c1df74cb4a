from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True)
class MerchantChanged(Event):
    """Name, kind, slug or status of a merchant is another than before; whoever keeps copies renews them."""

    merchant_id: str


@dataclass(frozen=True)
class ViolationMoved(Event):
    """A violation is in force, was appealed, upheld or lifted. `occasion` names the step."""

    violation_id: str
    to_status: str
    occasion: str
