from catalog.models.cards import ProductCard
from catalog.models.categories import Brand, Category
from catalog.models.pictures import Picture
from catalog.models.products import Product, TaxClass, Variant, VariantPrice
from catalog.models.reviews import Review
from catalog.models.stock_alerts import StockAlert
from catalog.models.visits import RecentView, ShopFollow
from catalog.models.wishes import Wish, WishList

__all__ = [
    "Brand",
    "Category",
    "Picture",
    "Product",
    "ProductCard",
    "RecentView",
    "Review",
    "ShopFollow",
    "StockAlert",
    "TaxClass",
    "Variant",
    "VariantPrice",
    "Wish",
    "WishList",
]
