"""The reviews of a product as its page shows them: filters as links, the photos, a page of reviews.

The drawn page is shared by everybody, so whether this visitor finds a review helpful is a blank in it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.crypto import salted_hmac

from accounts.models import User
from catalog.models import Product, Review, ReviewPhoto
from catalog.selectors.reviews import SORTS, Rating, ReviewPage, Wish, own_votes, reviews_of
from storefront.baskets import member

READ = ("stars", "photos", "sort")
MOST_PAGES = 500


def wish_of(query: QueryDict) -> Wish:
    """What the query asks for; what it cannot mean is as if it were not there."""
    stars, sort, page = query.get("stars", ""), query.get("sort", ""), query.get("page", "1")
    return Wish(
        stars=int(stars) if stars in {"1", "2", "3", "4", "5"} else None,
        with_photos=query.get("photos") == "1",
        sort=sort if sort in SORTS else SORTS[0],
        page=int(page) if page.isascii() and page.isdecimal() and len(page) < 4 and 1 <= int(page) <= MOST_PAGES else 0,
    )


def _query(wish: Wish, **changed: Any) -> str:
    values = {"stars": wish.stars, "photos": wish.with_photos, "sort": wish.sort, **changed}
    said = {"stars": values["stars"], "photos": "1" if values["photos"] else None, "sort": values["sort"]}
    if said["sort"] == SORTS[0]:
        said["sort"] = None
    if changed.get("page", 1) > 1:
        said["page"] = changed["page"]
    return "?" + urlencode({name: value for name, value in said.items() if value})


def page_query(wish: Wish, page: int) -> str:
    """The query of another page of the same reviews."""
    return _query(wish, page=page)


@dataclass(frozen=True)
class Row:
    """One line of the histogram; pressing the chosen one again shows all."""

    level: int
    count: int
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class Block:
    """All that the block shows, with its links."""

    rating: Rating
    page: ReviewPage
    strip: list[ReviewPhoto]
    rows: list[Row]
    photos_href: str
    sorts: list[tuple[str, str, bool]]
    all_href: str
    next_href: str

    @property
    def wish(self) -> Wish:
        return self.page.wish


def block_of(product: Product, rating: Rating, wish: Wish) -> Block:
    """Two statements for a product with reviews, none for one without."""
    page = reviews_of(product.pk, wish) if rating.count else ReviewPage([], wish, has_next=False, strip=[])
    rows = [
        Row(level, count, _query(wish, stars=None if wish.stars == level else level) + "#reviews", wish.stars == level)
        for level, count in rating.histogram.items()
    ]
    return Block(
        rating=rating,
        page=page,
        strip=page.strip,
        rows=rows,
        photos_href=_query(wish, photos=not wish.with_photos) + "#reviews",
        sorts=[(sort, _query(wish, sort=sort) + "#reviews", sort == wish.sort) for sort in SORTS],
        all_href=_query(Wish(sort=wish.sort)) + "#reviews",
        next_href=reverse("reviews", args=[product.slug]) + _query(wish, page=page.next_page) if page.has_next else "",
    )


def blank_votes(reviews: Iterable[Review]) -> dict[uuid.UUID, str]:
    """The word that stands for this visitor's vote in the drawn page, by review; nobody can guess it."""
    return {review.pk: f"vote{salted_hmac('storefront.votes', str(review.pk)).hexdigest()[:24]}" for review in reviews}


def name_of(review_id: uuid.UUID) -> str:
    return f"vote_{review_id.hex}"


def with_votes(pattern: str, words: dict[uuid.UUID, str]) -> str:
    """A pattern for `format_html` in which each of those words is a place to fill in."""
    for review_id, word in words.items():
        pattern = pattern.replace(word, f"{{{name_of(review_id)}}}")
    return pattern


def votes(user: User | None, review_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """`true` or `false` for each review; one statement for members, none for guests."""
    ids = list(review_ids)
    own = own_votes(user.pk, ids) if user else set()
    return {review_id: "true" if review_id in own else "false" for review_id in ids}


def filled_votes(request: HttpRequest, review_ids: tuple[uuid.UUID, ...]) -> dict[str, str]:
    """What `with_votes` left open, for this visitor."""
    return {name_of(review_id): said for review_id, said in votes(member(request), review_ids).items()} if review_ids else {}
