"""A file that one of the demo's merchants has brought: weights of goods on sale, and two rows that could not be taken."""

from __future__ import annotations

import csv
import datetime as dt
import io

from catalog.imports.services import map_columns, start, upload
from catalog.imports.work import work_through
from catalog.models import ProductImport, Variant
from merchants.models import Membership, Merchant

SHOP = "qinghe-apparel"
NAME = "apparel-weights.csv"
MOST = 12
HEADER = ("SKU", "Title", "Category", "Price", "Weight (g)", "Stock")
WRONG = (
    ("SCARF-90", "Silk scarf, 90 cm", "Scarves", "18.90", "60", "15"),
    ("SHIRT-LINEN-M", "Linen shirt, M", "mens-shirts", "0.001", "240", "40"),
)


def bring_file(at: dt.datetime) -> None:
    """Import it as the shop's owner would have, some days ago; once."""
    merchant = Merchant.objects.filter(slug=SHOP).first()
    owner = Membership.objects.filter(merchant=merchant, role=Membership.Role.OWNER).first() if merchant else None
    if merchant is None or owner is None or ProductImport.objects.for_merchant(merchant).exists():
        return
    row = upload(merchant=merchant, name=NAME, pieces=[_content(merchant)], actor=f"merchant:{owner.user_id}", at=at)
    map_columns(
        import_id=row.pk, merchant=merchant, mapping=row.mapping, defaults={}, categories={}, is_atomic=False, at=at, by_caller=True
    )
    work_through(row.pk, clock=lambda: at)
    start(import_id=row.pk, merchant=merchant, at=at, by_caller=True)
    work_through(row.pk, clock=lambda: at)


def _content(merchant: Merchant) -> bytes:
    """The goods that are there, every other one with another weight, as a scale would have it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    variants = Variant.objects.for_merchant(merchant).select_related("product").order_by("sku")[:MOST]
    for number, variant in enumerate(variants):
        weight = variant.weight_g + (15 if number % 2 else 0)
        writer.writerow([variant.sku, variant.product.title, "", "", weight, ""])
    writer.writerows(WRONG)
    return out.getvalue().encode()
