"""What happened to points. `key` is unique per event, so that whoever books its value books it once."""

from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True)
class PointsEarned(Event):
    user_id: str
    points: int
    reference: str
    key: str


@dataclass(frozen=True)
class PointsExpired(Event):
    user_id: str
    points: int
    lot_id: str
    key: str


@dataclass(frozen=True)
class PointsClawedBack(Event):
    """Points left somebody's lots because what earned them was undone, now or (paid off as a debt) before."""

    user_id: str
    points: int
    reference: str
    key: str
