from catalog.models.cards import ProductCard
from catalog.models.categories import Brand, Category
from catalog.models.pictures import Picture
from catalog.models.products import Product, TaxClass, Variant, VariantPrice
from catalog.models.published import ModerationItem, Published, Report
from catalog.models.questions import Answer, AnswerVote, Question
from catalog.models.reviews import Review, ReviewAddition, ReviewPhoto, ReviewVote

__all__ = [
    "Answer",
    "AnswerVote",
    "Brand",
    "Category",
    "ModerationItem",
    "Picture",
    "Product",
    "ProductCard",
    "Published",
    "Question",
    "Report",
    "Review",
    "ReviewAddition",
    "ReviewPhoto",
    "ReviewVote",
    "TaxClass",
    "Variant",
    "VariantPrice",
]
