"""The goods the golden set asks for: the demo's products with its attributes and synonyms, without pictures and history."""

from __future__ import annotations

import datetime as dt

from catalog.services.vocabulary import learn_words
from shop.demo import market, source, words


def put_up_demo(at: dt.datetime) -> int:
    """Open the demo's shops and put everything on sale; returns how many products there are."""
    words.define_attributes()
    words.teach_synonyms()
    shops, categories = market.open_shops(), market.plant_categories()
    rows = source.products(small=False)
    for row in rows:
        market.put_on_sale(row, shops[row["merchant"]], categories[row["category"]], extra={}, at=at)
    learn_words()
    return len(rows)
