"""The demo's shopper keeps an eye on goods, and one of them costs less by now."""

import pytest
from django.utils import timezone

from catalog.models import RecentView, ShopFollow, Wish, WishList
from shop.demo.wishes import look_around, press_hearts
from support.models import Mail
from tests.drain import drain
from tests.factories.orders import make_goods, make_seller


@pytest.mark.django_db
def test_wishes_are_made_once_and_a_fallen_price_is_mailed() -> None:
    seller, now = make_seller(slug="jishi-direct"), timezone.now()
    for _ in range(10):
        make_goods(merchant=seller)

    for _ in range(2):
        press_hearts(now)
        look_around(now)
    drain()

    assert (WishList.objects.count(), Wish.objects.count()) == (2, 9)
    assert WishList.objects.get(name="For the new flat").share_token
    assert (RecentView.objects.count(), ShopFollow.objects.count()) == (10, 1)
    assert Mail.objects.filter(kind="wish_price_fell").count() == 1
