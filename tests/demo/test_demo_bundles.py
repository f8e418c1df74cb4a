"""Shops of the demo sell sets of their own goods."""

import pytest
from django.utils import timezone

from catalog.models import BundleItem, Product, ProductCard
from core.invariants import violations
from shop.demo.bundles import SETS, put_together
from tests.factories.orders import make_goods, make_seller


@pytest.mark.django_db
def test_sets_are_put_together_once_from_what_there_is() -> None:
    for row in SETS[:2]:
        seller = make_seller()
        for slug in row["parts"]:
            make_goods(merchant=seller, slug=slug)

    for _ in range(2):
        put_together(timezone.now())

    assert BundleItem.objects.count() == 4
    sets = ProductCard.objects.filter(is_bundle=True)
    assert sorted(sets.values_list("slug", "in_stock", "is_visible")) == [(row["slug"], True, True) for row in SETS[:2]]
    assert all(card.picture for card in sets)
    assert not Product.objects.filter(slug=SETS[2]["slug"]).exists()
    assert violations() == {}
