import datetime as dt
import uuid
from dataclasses import replace

from django.db import transaction

from catalog.models import Review
from catalog.rules.reviews import masked
from catalog.services.reviews import Author, Details, write_review
from orders.errors import OrderNotFound, ReviewNotAllowed
from orders.models import OrderLine
from orders.states import OrderStatus


@transaction.atomic
def review_line(
    *,
    order_line_id: uuid.UUID,
    user_id: uuid.UUID,
    stars: int,
    text: str,
    language: str,
    at: dt.datetime,
    details: Details | None = None,
    shows_name: bool = False,
) -> Review:
    """A member's review of something they bought and have received; one per order line. Others see the ends of the name only,
    unless `shows_name`.

    Raises:
        OrderNotFound: no such line, or a stranger's.
        ReviewNotAllowed: the order is not completed.
        AlreadyReviewed, ReviewInvalid, TooManyReviewPhotos, InvalidPicture: the catalogue refuses it.
    """
    rows = OrderLine.objects.select_related("order__checkout")
    line = rows.filter(pk=order_line_id, order__checkout__user_id=user_id).first()
    if line is None:
        raise OrderNotFound
    if line.order.status != OrderStatus.COMPLETED:
        raise ReviewNotAllowed
    name = line.order.checkout.name
    return write_review(
        product_id=line.product_id,
        author=Author(user_id, name if shows_name else masked(name)),
        order_line=line.pk,
        stars=stars,
        text=text,
        language=language,
        at=at,
        details=replace(details or Details(), variant=line.options),
    )
