"""What sellers of the demo say of goods that are not new, or not there yet, or made for their buyer."""

from catalog.models import Product
from catalog.services.products import update_product
from shop.demo.source import CHINESE

NOTES = (
    ("A scratch of 2 cm on the back, not visible from the front.", "背面有一道约 2 厘米的划痕，正面看不出。"),
    ("Slightly worn at the edges; the original box is missing.", "边缘有轻微磨损，原包装盒已遗失。"),
    ("One button was replaced by a similar one.", "有一颗扣子换过，款式相近。"),
)  # fmt: skip


def note_defects() -> None:
    """Each used product that has no note yet gets one, except for what is like new."""
    used = Product.objects.exclude(condition__in=[Product.Condition.NEW, Product.Condition.LIKE_NEW]).filter(defects="")
    for number, product in enumerate(used.order_by("slug")):
        english, chinese = NOTES[number % len(NOTES)]
        i18n = {**product.i18n, CHINESE: {**product.i18n.get(CHINESE, {}), "defects": chinese}}
        if not product.is_shown_as_approved:
            update_product(product_id=product.pk, defects=english, i18n=i18n)


def make_to_order() -> None:
    """Furniture is made when it is ordered."""
    for product in Product.objects.filter(category__slug="furniture", handling_days=None).order_by("slug")[:2]:
        update_product(product_id=product.pk, handling_days=12, is_made_to_order=True)


def engrave() -> None:
    """Some watches can be engraved."""
    asked = [
        {"label": "Engraving on the back", "label_zh": "背面刻字", "most": 24, "is_required": False},
        {"label": "Date", "label_zh": "日期", "most": 10, "is_required": False},
    ]
    watches = Product.objects.filter(category__slug__in=["mens-watches", "womens-watches"])
    for product in [row for row in watches.order_by("slug")[:6] if not row.is_shown_as_approved][:2]:
        if not product.personalisation:
            update_product(product_id=product.pk, personalisation=asked)
