"""The goods the golden sets ask for: the demo's products with its attributes and synonyms, or those of the Olist data set."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from catalog.models import ProductCard
from catalog.services.vocabulary import learn_words
from shop.demo import market, source, words
from shop.olist.load import load


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


def put_up_olist(folder: Path, at: dt.datetime) -> int:
    """Bring in the goods of the data set in `folder`; returns how many products there are."""
    words.teach_synonyms()
    load(folder, at=at, hands=1)
    learn_words()
    return ProductCard.objects.filter(is_visible=True).count()
