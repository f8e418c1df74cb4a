"""A shop whose goods the operator looks at first: one product and one change wait."""

import datetime as dt

from catalog.models import Product
from catalog.services.approval import submit_or_publish, update_or_propose
from catalog.services.products import create_product
from catalog.services.schedule import schedule_product
from catalog.services.variants import NewVariant
from merchants.models import Merchant
from merchants.services.merchants import update_merchant
from shop.demo.market import ACTOR
from shop.demo.source import CHINESE

NEW = "camera-bag-waxed-canvas"


def begin(now: dt.datetime) -> None:
    """Have the youngest individual's goods looked at, with work for the operator in the inbox."""
    merchant = Merchant.objects.filter(kind=Merchant.Kind.INDIVIDUAL).order_by("created_at").last()
    if merchant is None or merchant.needs_approval:
        return
    update_merchant(merchant_id=merchant.pk, needs_approval=True)
    shown = Product.objects.for_merchant(merchant).filter(status=Product.Status.PUBLISHED).order_by("slug").first()
    if shown is None:
        return
    texts = {"title": "上蜡帆布相机包 可放一机两镜", "description": "<p>防泼水上蜡帆布，内胆可拆。使用两年，边角有自然磨白。</p>"}
    for product in Product.objects.filter(status=Product.Status.PUBLISHED).exclude(merchant=merchant).order_by("slug")[:1]:
        schedule_product(product_id=product.pk, publish_at=None, hide_at=now + dt.timedelta(days=30), at=now)
    made = create_product(
        merchant=merchant,
        category=shown.category,
        title="Waxed Canvas Camera Bag",
        slug=NEW,
        description="<p>Holds one body and two lenses. Two years old, paler at the corners, strap as new.</p>",
        condition=Product.Condition.GOOD,
        i18n={CHINESE: texts},
        variants=[NewVariant(sku="BAG-CAM-001", price_minor=4_500, weight_g=900)],
    )
    submit_or_publish(product_id=made.pk, actor=ACTOR, at=now - dt.timedelta(hours=5))
    said = shown.description.replace("</p>", " Collected from a smoke-free home; sent the same day.</p>", 1)
    update_or_propose(product_id=shown.pk, actor=ACTOR, at=now - dt.timedelta(hours=3), title=f"{shown.title}, boxed", description=said)
