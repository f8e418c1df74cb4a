"""What the demo's shopper keeps an eye on: hearts of some weeks ago, a shared list, and a price that has fallen since."""

import datetime as dt

from catalog.models import Product, WishList
from catalog.services import wish_lists, wishes
from catalog.services.variants import update_variant
from catalog.services.visits import follow_shop, note_seen
from merchants.models import Merchant
from shop.demo.history import SHOPPER, SHOPPER_NAME
from shop.demo.market import person

DAY = dt.timedelta(days=1)
HEARTS = 6
FOR_THE_FLAT = 3
SEEN = 14
SHOPS = ("jishi-direct", "zaotai-kitchen")


def look_around(now: dt.datetime) -> None:
    """What the shopper looked at yesterday, and the shops she follows; again changes nothing."""
    shopper = person(SHOPPER, SHOPPER_NAME)
    goods = Product.objects.filter(card__is_visible=True).order_by("-card__sold", "pk").values_list("pk", flat=True)
    note_seen(user=shopper, product_ids=list(goods[:SEEN]), at=now - DAY)
    for slug in SHOPS:
        for merchant in Merchant.objects.filter(slug=slug, status=Merchant.Status.ACTIVE):
            follow_shop(user=shopper, merchant_id=merchant.pk, is_followed=True)


def press_hearts(now: dt.datetime) -> None:
    """Put goods on two lists and let the price of one fall, which mails the shopper; again changes nothing."""
    shopper = person(SHOPPER, SHOPPER_NAME)
    if WishList.objects.filter(user=shopper).exists():
        return
    goods = list(
        Product.objects.filter(card__is_visible=True, card__in_stock=True).order_by("-card__stars_count", "pk")[: HEARTS + FOR_THE_FLAT]
    )
    for days, product in enumerate(goods[:HEARTS], start=9):
        wishes.add_wish(user=shopper, token=None, product_id=product.pk, at=now - days * DAY)
    flat = wish_lists.create_list(user=shopper, name="For the new flat", at=now - 8 * DAY)
    for product in goods[HEARTS:]:
        wishes.add_wish(user=shopper, token=None, product_id=product.pk, at=now - 7 * DAY, list_id=flat.pk)
    wish_lists.share_list(user=shopper, list_id=flat.pk, is_shared=True)
    for product in goods[:1]:
        for variant in product.variants.filter(is_active=True):
            update_variant(
                variant_id=variant.pk,
                price_minor=max(variant.price_minor * 85 // 100, 1),
                compare_at_minor=max(variant.compare_at_minor or 0, variant.price_minor),
            )
