"""Plain values that pass between the database side and the engine. Ids are the text of UUIDs."""

from __future__ import annotations

from typing import NamedTuple

MEMBER, GUEST, AUTHOR = "user:", "checkout:", "author:"


class Fact(NamedTuple):
    """`person` gave `product` stars from 1 to 5, or bought it, at Unix seconds."""

    person: str
    product: str
    stars: float
    at: float


class Shelf(NamedTuple):
    """A product a shopper can see, and the path of its category."""

    product: str
    category: str


class ForUser(NamedTuple):
    """Products for one user, best first, with their scores and the stars the user would give."""

    user: str
    products: list[str]
    scores: list[float]
    stars: list[float]


class ForProduct(NamedTuple):
    """Products that go with one product, nearest first."""

    product: str
    products: list[str]
    scores: list[float]
