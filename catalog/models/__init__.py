from catalog.models.attributes import Attribute, AttributeChoice, ProductType, TypeAttribute
from catalog.models.cards import ProductCard
from catalog.models.categories import Brand, Category
from catalog.models.pictures import Picture
from catalog.models.products import Product, TaxClass, Variant, VariantPrice
from catalog.models.reviews import Review
from catalog.models.search import AskedQuery, Synonym, Term

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
    "Review",
    "Synonym",
    "TaxClass",
    "Term",
    "TypeAttribute",
    "Variant",
    "VariantPrice",
]
