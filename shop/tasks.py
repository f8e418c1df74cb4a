from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Q

from catalog.models import Product
from shop.demo import gallery, source

AT_A_TIME = 8


@shared_task(expires=30)
def finish_demo_galleries() -> int:
    """Compose the further views of a few demo products; returns how many. Loading makes one view only, so that it is quick."""
    if not settings.DEMO_MODE or not cache.add("demo-galleries", 1, 60):
        return 0
    rows = {row["slug"]: row for row in source.rows("products")}
    lacking = Product.objects.annotate(views=Count("pictures", filter=Q(pictures__option_name=""))).filter(
        slug__in=rows, views__gte=1, views__lt=gallery.VIEWS
    )
    found = list(lacking.order_by("pk").values_list("pk", "slug")[:AT_A_TIME])
    for product_id, slug in found:
        gallery.compose(product_id, rows[slug])
    cache.delete("demo-galleries")
    return len(found)
