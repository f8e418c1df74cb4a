from catalog.models.cards import ProductCard
from catalog.models.categories import Brand, Category
from catalog.models.likeness import CopySuspicion, PictureFeatures
from catalog.models.pictures import Picture
from catalog.models.products import Product, TaxClass, Variant, VariantPrice
from catalog.models.reviews import Review
from catalog.models.slugs import FormerSlug

__all__ = [
    "Brand",
    "Category",
    "CopySuspicion",
    "FormerSlug",
    "Picture",
    "PictureFeatures",
    "Product",
    "ProductCard",
    "Review",
    "TaxClass",
    "Variant",
    "VariantPrice",
]
