from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True)
class ReservationExpired(Event):
    """The sweep gave the goods of an unpaid purchase back; `reference` is the purchase."""

    reference: str


@dataclass(frozen=True)
class ShipmentDelivered(Event):
    """A parcel arrived; `reference` is the merchant order it belongs to."""

    reference: str
    shipment_id: str


@dataclass(frozen=True)
class PromisesToMove(Event):
    """A merchant wants what is promised from a place, a warehouse or a stock row, to be sent from elsewhere."""

    place_id: str
