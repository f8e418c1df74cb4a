"""What the shop's models learn from, read from the apps below as plain rows."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from catalog.models import ProductCard, Review
from orders.models import OrderLine
from orders.states import OrderStatus
from recommend.facts import AUTHOR, GUEST, MEMBER, Fact, Shelf

PAID = (OrderStatus.PAID, OrderStatus.PREPARING, OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.COMPLETED)


def ratings() -> Iterator[Fact]:
    """Visible reviews. One brought from elsewhere has no account, so its author's name stands for the person."""
    rows = Review.objects.filter(~Q(author="") | Q(user__isnull=False), status=Review.Status.VISIBLE).order_by("created_at", "id")
    for user, author, product, stars, at in rows.values_list("user_id", "author", "product_id", "stars", "created_at").iterator():
        yield Fact(f"{MEMBER}{user}" if user else f"{AUTHOR}{author}", str(product), float(stars), at.timestamp())


def purchases() -> Iterator[Fact]:
    """Lines of paid orders that stayed paid; a guest is one person per checkout. Buying counts as five stars."""
    rows = OrderLine.objects.filter(order__status__in=PAID).order_by("order__placed_at", "id")
    columns = rows.values_list("order__checkout__user_id", "order__checkout_id", "product_id", "order__placed_at")
    for user, checkout, product, at in columns.iterator():
        yield Fact(f"{MEMBER}{user}" if user else f"{GUEST}{checkout}", str(product), 5.0, at.timestamp())


def shelves() -> list[Shelf]:
    """Products a shopper can see, best selling first, with their category."""
    rows = ProductCard.objects.filter(is_visible=True).order_by("-sold", "product_id")
    return [Shelf(str(product), path) for product, path in rows.values_list("product_id", "category_path")]
