from catalog.models.attributes import Attribute, AttributeChoice, ProductType, TypeAttribute
from catalog.models.cards import ProductCard
from catalog.models.categories import Brand, Category
from catalog.models.pictures import Picture
from catalog.models.products import Product, TaxClass, Variant, VariantPrice
from catalog.models.reviews import Review
from catalog.models.search import AskedQuery, Synonym, Term
from catalog.models.stock_alerts import StockAlert
from catalog.models.visits import RecentView, ShopFollow
from catalog.models.wishes import Wish, WishList

__all__ = [
    "AskedQuery",
    "Attribute",
    "AttributeChoice",
    "Brand",
    "Category",
    "Picture",
    "Product",
    "ProductCard",
    "ProductType",
    "RecentView",
    "Review",
    "ShopFollow",
    "StockAlert",
    "Synonym",
    "TaxClass",
    "Term",
    "TypeAttribute",
    "Variant",
    "VariantPrice",
    "Wish",
    "WishList",
]
