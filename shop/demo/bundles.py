"""Sets that shops of the demo put together from their own goods."""

import datetime as dt
from typing import Any

from django.utils import timezone
from PIL import Image

from catalog.models import Product, Variant
from catalog.services.bundles import Part, compose_bundle
from catalog.services.products import create_product, publish_product
from catalog.services.variants import NewVariant
from logistics.services.showcase import refresh_in_stock
from shop.demo import source
from shop.demo.gallery import FORMATS, SIZE, WIDTHS
from shop.demo.market import ACTOR
from shop.demo.pictures import compose_product_picture

# Title and description in both languages, what is in it by slug, and how many per cent cheaper it is.
SETS: tuple[dict[str, Any], ...] = (
    {
        "slug": "breakfast-for-two", "title": "Breakfast for Two", "title_zh": "双人早餐套装",
        "description": "Two cups and the spatula for whatever goes between them.",
        "description_zh": "两只水杯配一把锅铲，两个人的早餐一套备齐。",
        "parts": {"black-aluminium-cup": 2, "bamboo-spatula": 1}, "off": 15,
    },
    {
        "slug": "evening-look", "title": "Evening Look", "title_zh": "晚妆套装",
        "description": "Mascara and palette, chosen to go together.", "description_zh": "睫毛膏加眼影盘，一次配好的晚妆。",
        "parts": {"essence-mascara-lash-princess": 1, "eyeshadow-palette-with-mirror": 1}, "off": 16,
    },
    {
        "slug": "sound-at-home-and-away", "title": "Sound at Home and Away", "title_zh": "居家出行音频套装",
        "description": "A speaker for the living room and earphones for the way there.",
        "description_zh": "客厅里听音箱，路上戴耳机，一套都有。",
        "parts": {"amazon-echo-plus": 1, "apple-airpods": 1}, "off": 12,
    },
)  # fmt: skip


def put_together(now: dt.datetime) -> None:
    """Each set of which all parts are on sale, with a picture of both; again changes nothing."""
    for row in SETS:
        found = {product.slug: product for product in Product.objects.filter(slug__in=row["parts"], status=Product.Status.PUBLISHED)}
        if len(found) == len(row["parts"]) and not Product.objects.filter(slug=row["slug"]).exists():
            product = _put_on_sale(row, found, now)
            _draw(product, list(row["parts"]))


def _put_on_sale(row: dict[str, Any], found: dict[str, Product], now: dt.datetime) -> Product:
    first = found[next(iter(row["parts"]))]
    variants = {slug: Variant.objects.filter(product=product).order_by("position", "pk")[0] for slug, product in found.items()}
    apart = sum(variants[slug].price_minor * quantity for slug, quantity in row["parts"].items())
    product: Product = create_product(
        merchant=first.merchant, category=first.category, title=row["title"], slug=row["slug"],
        description=f"<p>{row['description']}</p>",
        i18n={source.CHINESE: {"title": row["title_zh"], "description": f"<p>{row['description_zh']}</p>"}},
        variants=[NewVariant(sku=f"SET-{row['slug'].upper()}"[:64], price_minor=apart * (100 - row["off"]) // 100)],
    )  # fmt: skip
    parts = [Part(variants[slug].pk, quantity) for slug, quantity in row["parts"].items()]
    compose_bundle(variant_id=product.variants.get().pk, parts=parts)
    publish_product(product_id=product.pk, actor=ACTOR, at=now - dt.timedelta(days=20), is_approved=True)
    refresh_in_stock(product_ids=[product.pk])
    return product


def _draw(product: Product, slugs: list[str]) -> None:
    """The first two parts side by side."""
    # Here, because it brings numpy and the picture processes import this package.
    from catalog.services.likeness import look_at  # noqa: PLC0415
    from catalog.services.pictures import add_picture, make_renditions  # noqa: PLC0415

    recipes = {row["slug"]: row["picture"] for row in source.rows("products")}
    image = Image.new("RGB", (SIZE, SIZE))
    for place, slug in enumerate(slugs[:2]):
        view = compose_product_picture(recipes[slug], source.PICTURES, size=SIZE).convert("RGB")
        image.paste(view.crop((SIZE // 4, 0, SIZE * 3 // 4, SIZE)), (place * SIZE // 2, 0))
    picture = add_picture(product=product, image=image, alt=product.title)
    look_at(picture=make_renditions(picture_id=picture.pk, widths=WIDTHS, formats=FORMATS), at=timezone.now())
