"""The carriers, one module each, all of the same shape; `base` has the Protocol they fulfil."""

from logistics.errors import UnknownCarrier
from logistics.gateways.base import Carrier
from logistics.gateways.manual import ManualCarrier
from logistics.gateways.simulated import SimulatedCarrier
from logistics.gateways.webhook import WebhookCarrier

_CARRIERS: dict[str, Carrier] = {made.code: made for made in (SimulatedCarrier(), WebhookCarrier(), ManualCarrier())}


def carrier(code: str) -> Carrier:
    """The carrier of that code, also when it takes no new parcels; old ones are still followed.

    Raises:
        UnknownCarrier: there is none.
    """
    if code not in _CARRIERS:
        raise UnknownCarrier
    return _CARRIERS[code]


def carriers() -> list[Carrier]:
    """All of them, the best first."""
    return list(_CARRIERS.values())
