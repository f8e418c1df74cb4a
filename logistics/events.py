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
class DeliveryFailed(Event):
    """Nobody took a parcel at the door; the carrier tries again or brings it back. `occasion` is this try's own id."""

    reference: str
    shipment_id: str
    occasion: str


@dataclass(frozen=True)
class ShipmentReturned(Event):
    """A parcel is back where it was sent from, for whatever reason."""

    reference: str
    shipment_id: str


@dataclass(frozen=True)
class ShipmentLost(Event):
    """A carrier says that a parcel is lost, or has told nothing of it for too long. It may still turn up."""

    reference: str
    shipment_id: str


@dataclass(frozen=True)
class WaveStarted(Event):
    """Somebody has set out to pick what the orders of a wave wait for."""

    wave_id: str
    actor: str


@dataclass(frozen=True)
class PromisesToMove(Event):
    """A merchant wants what is promised from a place, a warehouse or a stock row, to be sent from elsewhere."""

    place_id: str
