"""Reviews, and the sums on the card that follow from them."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import IntegrityError, transaction

from catalog.errors import AlreadyReviewed, ProductNotFound, ReviewInvalid
from catalog.models import Product, Review
from catalog.rules.texts import storable
from catalog.services.cards import add_stars

MAX_TEXT = 4_000


@transaction.atomic
def add_review(
    *,
    product_id: uuid.UUID,
    user_id: uuid.UUID | None,
    author: str,
    order_line: uuid.UUID | None,
    stars: int,
    text: str,
    language: str,
    at: dt.datetime,
) -> Review:
    """Rate a product with 1 to 5 stars; the caller has checked that the author bought it. Text is plain, never HTML.

    Raises:
        ProductNotFound: there is none.
        ReviewInvalid: other stars, or more than 4,000 characters.
        AlreadyReviewed: this order line has a review.
    """
    if stars not in range(1, 6) or len(text) > MAX_TEXT:
        raise ReviewInvalid
    if not Product.objects.filter(pk=product_id).exists():
        raise ProductNotFound
    try:
        with transaction.atomic():
            review = Review.objects.create(
                product_id=product_id,
                user_id=user_id,
                author=storable(author).strip()[:100],
                order_line=order_line,
                stars=stars,
                text=storable(text).strip(),
                language=language,
                created_at=at,
            )
    except IntegrityError as error:
        raise AlreadyReviewed from error
    add_stars(product_id, stars)
    return review
