from catalog.models.cards import ProductCard
from catalog.models.categories import Brand, Category
from catalog.models.imports import ImportChange, ImportMapping, ImportProblem, ProductImport
from catalog.models.pictures import Picture
from catalog.models.products import Product, TaxClass, Variant, VariantPrice
from catalog.models.reviews import Review

__all__ = [
    "Brand",
    "Category",
    "ImportChange",
    "ImportMapping",
    "ImportProblem",
    "Picture",
    "Product",
    "ProductCard",
    "ProductImport",
    "Review",
    "TaxClass",
    "Variant",
    "VariantPrice",
]
