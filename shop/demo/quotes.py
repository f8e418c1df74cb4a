"""The demo's shopper asks for prices: one shop has answered, another has not yet."""

import datetime as dt

from accounts.models import User
from catalog.models import Product, Variant
from orders.models import Quote
from orders.services.quotes import ask_for_quote, offer_quote
from shop.demo.history import OFTEN, SHOPPER
from shop.demo.market import ACTOR


def ask(now: dt.datetime) -> None:
    """Two requests to the shop whose login is printed; each is made once."""
    shopper = User.objects.filter(email=SHOPPER).first()
    if shopper is None or Quote.objects.filter(user=shopper).exists():
        return
    goods = Variant.objects.filter(merchant__slug=OFTEN, is_active=True, product__status=Product.Status.PUBLISHED)
    one_each = goods.order_by("product", "position").distinct("product").values("pk")
    for number, variant in enumerate(Variant.objects.filter(pk__in=one_each).order_by("sku")[:2]):
        asked = now - dt.timedelta(days=2 - number)
        message = ("Shirts for our spring fair: can you send them by the end of March?", "我们社团要统一采购，能开发票吗？")[number]
        quote = ask_for_quote(user=shopper, variant_id=variant.pk, quantity=(12, 40)[number], message=message, at=asked)
        if number == 0:
            unit = variant.price_minor * 82 // 100
            note = "With pleasure. They leave our warehouse within three days of your order."
            until = now + dt.timedelta(days=20)
            offer_quote(quote_id=quote.pk, unit_minor=unit, valid_until=until, note=note, actor=ACTOR, at=asked + dt.timedelta(hours=5))
