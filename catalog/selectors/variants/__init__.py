"""What carts and checkouts need to know of variants."""

from catalog.selectors.variants.offers import Offer, offer_of
from catalog.selectors.variants.rows import with_price_in
from catalog.selectors.variants.sellable import BundlePart, SellableVariant, parts_of, sellable_variants

__all__ = ["BundlePart", "Offer", "SellableVariant", "offer_of", "parts_of", "sellable_variants", "with_price_in"]
