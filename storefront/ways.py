"""The ways of delivery beside each merchant's goods at the checkout: dates, stores on a map, hours at the door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest
from django.utils import formats

from core.drawn_maps import Point, Sheet, letter
from logistics.journeys import position_of
from logistics.models import PickupPoint
from logistics.rules import delivery_promise
from logistics.rules.opening import ready_at
from logistics.rules.places import metres_between
from logistics.way_selectors import SlotOption
from orders.rules.ways import ChosenWay, way_of
from orders.selectors.cart_views import CartView, Parcel

MAP_WIDTH, MAP_HEIGHT, MAP_PAD = 320, 200, 24
# A map of a store and a city far from each other shows nothing of either, and nobody picks up so far away.
FAR_M = 150_000


@dataclass(frozen=True)
class StoreOption:
    """A store as the shopper chooses it. `km` is from the middle of their city, None where we do not know where that is."""

    point: PickupPoint
    letter: str
    km: int | None
    today: str
    is_open: bool
    ready: dt.datetime | None

    @property
    def value(self) -> str:
        return f"store-{self.point.warehouse_id}"

    @property
    def ready_text(self) -> str:
        """By the store's own clock."""
        if self.ready is None:
            return ""
        day = f"{formats.date_format(self.ready, 'D')} {formats.date_format(self.ready, 'MONTH_DAY_FORMAT')}"
        return f"{day} {self.ready:%H:%M}"


@dataclass(frozen=True)
class SlotsOfDay:
    day: dt.date
    options: list[SlotOption]


@dataclass(frozen=True)
class ParcelWays:
    """One merchant's block: when it arrives if it is sent, the stores, the hours, and which of them is chosen."""

    parcel: Parcel
    promise: tuple[dt.date, dt.date]
    stores: list[StoreOption]
    slots: list[SlotsOfDay]
    map: dict[str, Any] | None

    @property
    def field(self) -> str:
        return field_of(self.parcel)

    @property
    def are_stores_far(self) -> bool:
        """Whether nobody would go to any of them, so that they are folded away; never while one is chosen."""
        is_far = all(store.km is not None and store.km * 1000 > FAR_M for store in self.stores)
        return is_far and all(store.value != self.parcel.chosen for store in self.stores)

    @property
    def has_choice(self) -> bool:
        return bool(self.stores or self.slots)


def field_of(parcel: Parcel) -> str:
    """The name of the form's field for one merchant."""
    return f"way-{parcel.merchant_slug}"


def chosen_ways(request: HttpRequest, view: CartView) -> Mapping[Any, ChosenWay]:
    """What the form says for each merchant; nothing on the first visit."""
    return {parcel.merchant_id: way_of(request.POST.get(field_of(parcel), "")[:80]) for parcel in view.parcels}


def shown_ways(view: CartView, city: str, at: dt.datetime) -> list[ParcelWays]:
    """The blocks of everything that is not downloaded; `city` is the shopper's as typed."""
    return [_shown(parcel, position_of(city), at) for parcel in view.parcels if not parcel.is_digital]


def _shown(parcel: Parcel, home: Point | None, at: dt.datetime) -> ParcelWays:
    days = max(line.handling_days for line in parcel.lines)
    stores = _stores(parcel.ways.points, home, at)
    slots = [SlotsOfDay(day, list(options)) for day, options in groupby(parcel.ways.slots, key=lambda option: option.day)]
    return ParcelWays(parcel, delivery_promise(days, at), stores, slots, _map(stores, home))


def _stores(points: Sequence[PickupPoint], home: Point | None, at: dt.datetime) -> list[StoreOption]:
    """The nearest first; the letters are in this order too."""
    found = [(None if home is None else metres_between(home, _place(point)), point) for point in points]
    found.sort(key=lambda pair: pair[0] or 0)
    return [_store(letter(number), point, metres, at) for number, (metres, point) in enumerate(found)]


def _store(name: str, point: PickupPoint, metres: int | None, at: dt.datetime) -> StoreOption:
    opening = point.opening
    return StoreOption(
        point=point,
        letter=name,
        km=None if metres is None else round(metres / 1000),
        today=", ".join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in opening.today(at)),
        is_open=opening.is_open(at),
        ready=ready_at(opening, point.ready_hours, at),
    )


def _place(point: PickupPoint) -> Point:
    return float(point.warehouse.latitude or 0), float(point.warehouse.longitude or 0)


def _map(stores: Sequence[StoreOption], home: Point | None) -> dict[str, Any] | None:
    """The stores, and the middle of the shopper's city where it is near enough to one of them."""
    if not stores:
        return None
    is_near = home is not None and any(store.km is not None and store.km * 1000 <= FAR_M for store in stores)
    places = [_place(store.point) for store in stores]
    shown = [*places, home] if is_near and home else places
    sheet = Sheet(shown, MAP_WIDTH, MAP_HEIGHT, MAP_PAD)
    return {
        "width": MAP_WIDTH,
        "height": MAP_HEIGHT,
        "stores": [{**sheet.point(place), "letter": store.letter} for store, place in zip(stores, places, strict=True)],
        "home": sheet.point(home) if is_near and home else None,
        "bar": sheet.bar() if len(shown) > 1 else None,
    }
