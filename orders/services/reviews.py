import datetime as dt
import uuid

from django.db import transaction

from catalog.models import Review
from catalog.services import reviews as catalog_reviews
from orders.errors import OrderNotFound, ReviewNotAllowed
from orders.models import OrderLine
from orders.states import OrderStatus


@transaction.atomic
def review_line(*, order_line_id: uuid.UUID, user_id: uuid.UUID, stars: int, text: str, language: str, at: dt.datetime) -> Review:
    """A member's review of something they bought and have received; one per order line.

    Raises:
        OrderNotFound: no such line, or a stranger's.
        ReviewNotAllowed: the order is not completed.
        AlreadyReviewed, ReviewInvalid: the catalogue refuses it.
    """
    rows = OrderLine.objects.select_related("order__checkout")
    line = rows.filter(pk=order_line_id, order__checkout__user_id=user_id).first()
    if line is None:
        raise OrderNotFound
    if line.order.status != OrderStatus.COMPLETED:
        raise ReviewNotAllowed
    return catalog_reviews.add_review(
        product_id=line.product_id,
        user_id=user_id,
        author=shown_name(line.order.checkout.name),
        order_line=line.pk,
        stars=stars,
        text=text,
        language=language,
        at=at,
    )


def shown_name(name: str) -> str:
    """What strangers see of a reviewer's name: its first character and stars."""
    return f"{name.strip()[:1]}**"
