from catalog.models.cards import ProductCard
from catalog.models.categories import Brand, Category
from catalog.models.pictures import Picture
from catalog.models.price_changes import PriceChange
from catalog.models.products import Product, TaxClass, Variant, VariantPrice
from catalog.models.proposals import Proposal
from catalog.models.reviews import Review

__all__ = [
    "Brand",
    "Category",
    "Picture",
    "PriceChange",
    "Product",
    "ProductCard",
    "Proposal",
    "Review",
    "TaxClass",
    "Variant",
    "VariantPrice",
]
