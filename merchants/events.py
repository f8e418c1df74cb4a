from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True)
class MerchantChanged(Event):
    """Name, kind, slug or status of a merchant is another than before; whoever keeps copies renews them."""

    merchant_id: str
