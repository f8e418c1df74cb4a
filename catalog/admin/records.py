"""What of goods and prices is written into the operation log when a merchant changes it by hand."""

from catalog.models import DigitalFile, PriceList, PriceListRow, Product, TradeAccount, Variant, VariantPrice
from merchants.admin.recording import Recorded

PRODUCT = Recorded(
    Product,
    (
        "title", "description", "i18n", "slug", "category", "brand", "condition", "defects", "tax_class", "status", "attributes",
        "is_digital", "download_limit", "download_days", "is_made_to_order", "handling_days", "personalisation", "publish_at", "hide_at",
    ),
)  # fmt: skip
_VARIANT = (
    "sku", "options", "price_minor", "compare_at_minor", "tiers", "min_quantity", "quantity_step", "weight_g", "length_mm", "width_mm",
    "height_mm", "hs_code", "origin", "is_active",
)  # fmt: skip
VARIANT = Recorded(Variant, _VARIANT)
PRODUCT_OF_VARIANT = Recorded(Product, ("status",), "variants")
PRODUCT_WITH_PRICES = (
    PRODUCT,
    Recorded(Variant, _VARIANT, "product"),
    Recorded(VariantPrice, ("price_minor", "compare_at_minor", "tiers"), "product", name=lambda row: f"{row.variant.sku} · {row.currency}"),
)
FILES = (PRODUCT, Recorded(DigitalFile, ("label", "version", "name", "withdrawn_at"), "product", name=lambda row: str(row.label)))
PRICE_LIST = (
    Recorded(PriceList, ("name", "currency", "valid_from", "valid_until", "is_active")),
    Recorded(PriceListRow, ("least", "steps"), "price_list", key=lambda row: row.variant_id, name=lambda row: str(row.variant.sku)),
)
TRADE_ACCOUNT = (Recorded(TradeAccount, ("status", "price_list"), name=lambda row: str(row.company)),)
