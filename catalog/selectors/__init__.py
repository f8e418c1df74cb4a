"""Reads of the catalogue, one module per noun."""

from catalog.selectors.cards import Card, cards_by_ids, cards_of_kind, deal_cards, newest_cards, popular_cards
from catalog.selectors.categories import CategoryNode, Crumb, breadcrumb, category_tree, node_of
from catalog.selectors.find import CardPage, CardQuery, find_cards
from catalog.selectors.pictures import picture_url
from catalog.selectors.price_history import PriceHistory, price_histories
from catalog.selectors.products import ProductDetail, product_detail
from catalog.selectors.reviews import reviews_of
from catalog.selectors.variants import Offer, SellableVariant, offer_of, sellable_variants

__all__ = [
    "Card",
    "CardPage",
    "CardQuery",
    "CategoryNode",
    "Crumb",
    "Offer",
    "PriceHistory",
    "ProductDetail",
    "SellableVariant",
    "breadcrumb",
    "cards_by_ids",
    "cards_of_kind",
    "category_tree",
    "deal_cards",
    "find_cards",
    "newest_cards",
    "node_of",
    "offer_of",
    "picture_url",
    "popular_cards",
    "price_histories",
    "product_detail",
    "reviews_of",
    "sellable_variants",
]
