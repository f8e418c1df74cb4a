from catalog.models.attributes import Attribute, AttributeChoice, ProductType, TypeAttribute
from catalog.models.bundles import BundleItem
from catalog.models.cards import CardFollow, ProductCard
from catalog.models.categories import Brand, Category
from catalog.models.digital import DigitalFile
from catalog.models.imports import ImportChange, ImportMapping, ImportProblem, ProductImport
from catalog.models.likeness import CopySuspicion, PictureFeatures
from catalog.models.pictures import Picture
from catalog.models.price_changes import PriceChange
from catalog.models.price_lists import PriceList, PriceListRow, TradeAccount
from catalog.models.products import Product, TaxClass, Variant, VariantPrice
from catalog.models.proposals import Proposal
from catalog.models.published import ModerationItem, Published, Report
from catalog.models.questions import Answer, AnswerVote, Question
from catalog.models.reviews import Review, ReviewAddition, ReviewPhoto, ReviewVote
from catalog.models.search import AskedQuery, Synonym, Term
from catalog.models.slugs import FormerSlug
from catalog.models.stock_alerts import StockAlert
from catalog.models.visits import RecentView, ShopFollow
from catalog.models.wishes import Wish, WishList

__all__ = [
    "Answer",
    "AnswerVote",
    "AskedQuery",
    "Attribute",
    "AttributeChoice",
    "Brand",
    "BundleItem",
    "CardFollow",
    "Category",
    "CopySuspicion",
    "DigitalFile",
    "FormerSlug",
    "ImportChange",
    "ImportMapping",
    "ImportProblem",
    "ModerationItem",
    "Picture",
    "PictureFeatures",
    "PriceChange",
    "PriceList",
    "PriceListRow",
    "Product",
    "ProductCard",
    "ProductImport",
    "ProductType",
    "Proposal",
    "Published",
    "Question",
    "RecentView",
    "Report",
    "Review",
    "ReviewAddition",
    "ReviewPhoto",
    "ReviewVote",
    "ShopFollow",
    "StockAlert",
    "Synonym",
    "TaxClass",
    "Term",
    "TradeAccount",
    "TypeAttribute",
    "Variant",
    "VariantPrice",
    "Wish",
    "WishList",
]
