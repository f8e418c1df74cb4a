"""Where the built-in carrier's parcels are how many hours after they were handed over: pure, and the same for the same parcel."""

from __future__ import annotations

import hashlib
import math
import uuid
from dataclasses import dataclass
from enum import StrEnum

from logistics.states import ShipmentStatus as Status

# Cities with a sorting centre of the built-in carrier: name, latitude and longitude in degrees (GeoNames, CC BY 4.0, rounded).
_CENTRES = """
Beijing 北京,39.9,116.4|Tianjin 天津,39.1,117.2|Shijiazhuang 石家庄,38.0,114.5|Taiyuan 太原,37.9,112.6|Jinan 济南,36.7,117.0
Qingdao 青岛,36.1,120.4|Zhengzhou 郑州,34.8,113.6|Xi'an 西安,34.3,108.9|Lanzhou 兰州,36.1,103.8|Nanjing 南京,32.1,118.8
Hefei 合肥,31.8,117.3|Shanghai 上海,31.2,121.5|Hangzhou 杭州,30.3,120.2|Ningbo 宁波,29.9,121.5|Yiwu 义乌,29.3,120.1
Wuhan 武汉,30.6,114.3|Changsha 长沙,28.2,113.0|Nanchang 南昌,28.7,115.9|Fuzhou 福州,26.1,119.3|Xiamen 厦门,24.5,118.1
Guangzhou 广州,23.1,113.3|Shenzhen 深圳,22.5,114.1|Nanning 南宁,22.8,108.3|Chengdu 成都,30.7,104.1|Chongqing 重庆,29.6,106.5
Guiyang 贵阳,26.6,106.7|Kunming 昆明,25.0,102.7|Shenyang 沈阳,41.8,123.4|Harbin 哈尔滨,45.8,126.5|Ürümqi 乌鲁木齐,43.8,87.6
Hong Kong 香港,22.3,114.2|Singapore 新加坡,1.3,103.8|Tokyo 东京,35.7,139.7|Dubai 迪拜,25.3,55.3|Leipzig 莱比锡,51.3,12.4
Paris 巴黎,48.9,2.4|London 伦敦,51.5,-0.1|New York 纽约,40.7,-74.0|Chicago 芝加哥,41.9,-87.6|Los Angeles 洛杉矶,34.1,-118.2
São Paulo 圣保罗,-23.6,-46.6|Sydney 悉尼,-33.9,151.2
"""
Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Centre:
    name: str
    position: Position


@dataclass(frozen=True, slots=True)
class Scan:
    """A line of a parcel's timeline, so many hours after it was handed over."""

    hours: int
    code: Status
    place: str


class Fate(StrEnum):
    ARRIVES = "arrives"
    FAILS_ONCE = "fails_once"
    IS_LOST = "is_lost"


def _centre(text: str) -> Centre:
    name, latitude, longitude = text.split(",")
    return Centre(name, (float(latitude), float(longitude)))


CENTRES = tuple(_centre(text) for line in _CENTRES.strip().splitlines() for text in line.split("|"))


def fate_of(parcel: uuid.UUID) -> Fate:
    """One parcel in a hundred is lost, five fail to be delivered at first."""
    number = _digest(parcel) % 100
    return Fate.IS_LOST if number == 0 else Fate.FAILS_ONCE if number <= 5 else Fate.ARRIVES


def journey(
    parcel: uuid.UUID, origin: str, destination: str, *, recalled_after: float | None = None, has_mishaps: bool = True
) -> list[Scan]:
    """All scans of a parcel between two cities after it was handed over.

    Args:
        recalled_after: hours after which the sender called it back; what would come later does not, and it returns.
        has_mishaps: False where every parcel arrives at the first attempt.
    """
    scans = _way_there(parcel, origin, destination, fate_of(parcel) if has_mishaps else Fate.ARRIVES)
    if recalled_after is None or scans[-1].hours <= recalled_after:
        return scans
    done = [scan for scan in scans if scan.hours <= recalled_after]
    last = max(recalled_after, done[-1].hours if done else 0)
    return [*done, Scan(math.ceil(last) + 12, Status.RETURNED, origin)]


def _way_there(parcel: uuid.UUID, origin: str, destination: str, fate: Fate) -> list[Scan]:
    late = (_digest(parcel) // 100) % 4
    first, second = between(origin, destination)
    scans = [Scan(5 + late, Status.IN_TRANSIT, first)]
    if fate == Fate.IS_LOST:
        return [*scans, Scan(96 + late, Status.LOST, first)]
    scans += [Scan(20 + late, Status.IN_TRANSIT, second), Scan(30 + late, Status.OUT_FOR_DELIVERY, destination)]
    if fate == Fate.FAILS_ONCE:
        scans += [Scan(34 + late, Status.FAILED, destination), Scan(54 + late, Status.OUT_FOR_DELIVERY, destination)]
    return [*scans, Scan(scans[-1].hours + 4, Status.DELIVERED, destination)]


def between(origin: str, destination: str) -> tuple[str, str]:
    """The sorting centres nearest to a third and to two thirds of the way; for cities nobody knows, always the same two."""
    start, end = _position(origin), _position(destination)
    thirds = [_on_the_way(start, end, part) for part in (1 / 3, 2 / 3)]
    taken = {name.casefold() for name in (origin, destination)}
    free = [centre for centre in CENTRES if not _names(centre) & taken]
    first = min(free, key=lambda centre: _distance(centre.position, thirds[0]))
    second = min((centre for centre in free if centre != first), key=lambda centre: _distance(centre.position, thirds[1]))
    return first.name, second.name


def _names(centre: Centre) -> set[str]:
    english, _space, chinese = centre.name.rpartition(" ")
    return {english.casefold(), chinese, centre.name.casefold()}


def position_of(city: str) -> Position | None:
    """Where a city is that has a sorting centre, to a tenth of a degree; None for others."""
    return next((centre.position for centre in CENTRES if city.strip().casefold() in _names(centre)), None)


def _position(city: str) -> Position:
    return (
        position_of(city) or CENTRES[int.from_bytes(hashlib.sha256(city.strip().casefold().encode()).digest()[:4]) % len(CENTRES)].position
    )


def _on_the_way(start: Position, end: Position, part: float) -> Position:
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def _distance(one: Position, other: Position) -> float:
    """Good enough to choose the nearest: degrees on a plane, those of longitude shortened by the latitude."""
    return math.hypot(one[0] - other[0], (one[1] - other[1]) * math.cos(math.radians(other[0])))


def _digest(parcel: uuid.UUID) -> int:
    return int.from_bytes(hashlib.sha256(parcel.bytes).digest()[:8])
