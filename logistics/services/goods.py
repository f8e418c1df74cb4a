"""Lists of goods as people write them: SKU and pieces."""

import uuid
from collections.abc import Mapping

from catalog.models import Variant
from logistics.errors import GoodsInvalid, InvalidQuantity

MOST_LINES = 500
MOST_PIECES = 1_000_000


def variants_of(*, merchant_id: uuid.UUID, goods: Mapping[str, int], least: int = 1) -> dict[str, Variant]:
    """The merchant's variants by their SKU, in the order of the list. One query.

    Args:
        goods: SKU → pieces.
        least: the fewest pieces a line may have.

    Raises:
        GoodsInvalid: nothing, too much, or something that is no article of this merchant that lies on a shelf.
        InvalidQuantity: pieces out of range.
    """
    if not goods or len(goods) > MOST_LINES:
        raise GoodsInvalid(sku=len(goods))
    if not all(least <= count <= MOST_PIECES for count in goods.values()):
        raise InvalidQuantity(lowest=least, highest=MOST_PIECES)
    rows = Variant.objects.filter(merchant=merchant_id, sku__in=goods, is_bundle=False, product__is_digital=False)
    found = {variant.sku: variant for variant in rows}
    for sku in goods:
        if sku not in found:
            raise GoodsInvalid(sku=sku)
    return {sku: found[sku] for sku in goods}
