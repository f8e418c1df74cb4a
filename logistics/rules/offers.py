"""What sending costs."""

from collections.abc import Iterable
from dataclasses import dataclass

from logistics.rules.places import Destination, Zone, serves

FLAT, WEIGHT, ITEM = "flat", "weight", "item"
# So many cm³ count as a kilogram; other carriers say 6000.
DIVISOR = 5_000


@dataclass(frozen=True, slots=True)
class Load:
    """What one merchant order sends: how many pieces, what they weigh together in grams and how much room they take in mm³.

    Pieces whose size nobody has said take no room.
    """

    pieces: int = 0
    grams: int = 0
    cubic_mm: int = 0

    def __add__(self, other: "Load") -> "Load":
        return Load(self.pieces + other.pieces, self.grams + other.grams, self.cubic_mm + other.cubic_mm)


@dataclass(frozen=True, slots=True)
class ZoneRate:
    """A price for some addresses, in minor units of `currency`; `step` is in grams where it goes by weight.

    `divisor` is how many cm³ count as a kilogram there.
    """

    zones: tuple[Zone, ...]
    way: str
    currency: str
    flat_minor: int
    step_minor: int = 0
    step: int = 1_000
    free_over_minor: int | None = None
    position: int = 0
    name: str = ""
    divisor: int = DIVISOR


@dataclass(frozen=True, slots=True)
class ShippingOffer:
    """What sending one merchant order costs, and what is missing for free delivery (None: never free, or free already)."""

    minor: int
    free_over_minor: int | None = None
    missing_minor: int | None = None


def shipping_offer(goods_minor: int, flat_minor: int, free_over_minor: int | None) -> ShippingOffer:
    """A flat rate, free from `free_over_minor` of goods upward. All amounts in minor units of one currency."""
    if flat_minor == 0 or (free_over_minor is not None and goods_minor >= free_over_minor):
        return ShippingOffer(0, free_over_minor)
    missing = None if free_over_minor is None else free_over_minor - goods_minor
    return ShippingOffer(flat_minor, free_over_minor, missing)


def zone_for(rates: Iterable[ZoneRate], destination: Destination) -> ZoneRate | None:
    """The first by position, then name, that serves an address; None where it is everywhere else."""
    return next((rate for rate in sorted(rates, key=lambda rate: (rate.position, rate.name)) if serves(rate.zones, destination)), None)


def volumetric_grams(cubic_mm: int, divisor: int = DIVISOR) -> int:
    """What a volume counts as, in grams begun: mm³ by cm³ a kilogram are grams (IATA, "volume weight")."""
    return -(-cubic_mm // divisor)


def chargeable_grams(load: Load, divisor: int = DIVISOR) -> int:
    """What a carrier asks to be paid for: the weight, or what the room it takes counts as, whichever is more."""
    return max(load.grams, volumetric_grams(load.cubic_mm, divisor))


def zone_price(rate: ZoneRate, load: Load) -> int:
    """What a load costs in a zone, in minor units: the basic price, and for each step begun by weight, or each item after the first."""
    if rate.way == WEIGHT:
        return rate.flat_minor + rate.step_minor * -(-chargeable_grams(load, rate.divisor) // rate.step)
    if rate.way == ITEM:
        return rate.flat_minor + rate.step_minor * max(load.pieces - 1, 0)
    return rate.flat_minor
