"""Putting variants together to be sold as one: what is refused, and what the catalogue says of a set."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import errors
from catalog.models import BundleItem, ProductCard, Variant
from catalog.rules.bundles import shares
from catalog.selectors import offer_of, sellable_variants
from catalog.selectors.bundles import bundles_of
from catalog.services.bundles import Part, compose_bundle
from catalog.services.products import hide_product, publish_product
from catalog.services.variants import update_variant
from core.invariants import violations
from core.money import charge_step
from tests.factories.bundles import make_bundle
from tests.factories.catalog import NOW, make_product, make_variant, new_variant
from tests.factories.merchants import make_merchant

database = pytest.mark.django_db


@given(st.integers(1, 10**9), st.lists(st.tuples(st.integers(1, 10**7), st.integers(1, 40)), min_size=1, max_size=12))
def test_shares_are_whole_sum_to_the_price_and_cover_every_piece(price: int, parts: list[tuple[int, int]]) -> None:
    found = shares(price, parts)

    assert sum(share.quantity * share.unit_minor for share in found) == price
    assert all(share.unit_minor >= 0 for share in found)
    for place, (_list_minor, quantity) in enumerate(parts):
        own = [share for share in found if share.part == place]
        assert sum(share.quantity for share in own) == quantity
        assert len(own) <= 2


@given(st.integers(1, 10**6), st.lists(st.tuples(st.integers(1, 10**7), st.integers(1, 9)), min_size=1, max_size=12))
def test_shares_stay_in_the_steps_that_cards_charge(steps: int, parts: list[tuple[int, int]]) -> None:
    step = charge_step("KWD")

    found = shares(steps * step, parts, step)

    assert all(share.unit_minor % step == 0 for share in found)
    assert sum(share.quantity * share.unit_minor for share in found) == steps * step


def test_shares_follow_what_the_parts_cost_on_their_own() -> None:
    found = shares(1_000, [(900, 1), (100, 3)])

    assert found == [(0, 1, 750), (1, 1, 84), (1, 2, 83)]


def _goods(merchant: object, price: int = 1_000) -> Variant:
    return make_product(merchant=merchant, price=price).variants.get()


@database
def test_a_set_has_its_parts_in_their_order_and_its_card_says_that_it_is_one() -> None:
    shop = make_merchant()
    pot, cup = _goods(shop, 3_000), _goods(shop, 500)

    bundle = make_bundle({pot: 1, cup: 4}, price=4_000)

    parts = sellable_variants([bundle.pk])[bundle.pk].parts
    assert [(part.variant_id, part.quantity, part.is_on_sale) for part in parts] == [(pot.pk, 1, True), (cup.pk, 4, True)]
    assert bundle.is_bundle
    assert ProductCard.objects.get(product=bundle.product_id).is_bundle
    assert not ProductCard.objects.get(product=pot.product_id).is_bundle
    view = bundles_of([bundle.pk], "en", None)[bundle.pk]
    assert (view.apart_minor, view.saved_minor(4_000, "USD"), view.saved_percent(4_000, "USD")) == (5_000, 1_000, 20)
    assert violations() == {}


@database
def test_composing_the_same_again_changes_nothing_and_without_parts_it_is_an_ordinary_variant_again() -> None:
    shop = make_merchant()
    cup = _goods(shop)
    bundle = make_bundle({cup: 2}, price=1_500)
    version = bundle.product.version

    compose_bundle(variant_id=bundle.pk, parts=[Part(cup.pk, 2)])
    bundle.product.refresh_from_db()
    assert bundle.product.version == version

    compose_bundle(variant_id=bundle.pk, parts=[])
    bundle.refresh_from_db()
    assert (bundle.is_bundle, BundleItem.objects.count()) == (False, 0)
    assert violations() == {}


@database
def test_bad_compositions_are_refused_and_nothing_changes() -> None:
    shop = make_merchant()
    cup, pot, foreign = _goods(shop), _goods(shop), _goods(make_merchant())
    euro = make_product(merchant=shop, variants=[new_variant(currency="EUR")]).variants.get()
    inner = make_bundle({cup: 2}, price=1_500)
    target = _goods(shop, 1_500)
    many = [_goods(shop, 10_000) for _ in range(13)]
    refused: list[tuple[uuid.UUID, list[Part], type[errors.BundleInvalid]]] = [
        (target.pk, [Part(cup.pk, 1)], errors.BundleInvalid),
        (target.pk, [Part(cup.pk, 1), Part(cup.pk, 1)], errors.BundleInvalid),
        (target.pk, [Part(variant.pk) for variant in many], errors.BundleInvalid),
        (target.pk, [Part(cup.pk, 0), Part(pot.pk)], errors.BundleQuantityInvalid),
        (target.pk, [Part(cup.pk, 1_001)], errors.BundleQuantityInvalid),
        (target.pk, [Part(cup.pk), Part(foreign.pk)], errors.BundlePartUnknown),
        (target.pk, [Part(cup.pk), Part(uuid.uuid4())], errors.BundlePartUnknown),
        (target.pk, [Part(cup.pk), Part(target.pk)], errors.BundleNested),
        (target.pk, [Part(cup.pk), Part(inner.pk)], errors.BundleNested),
        (cup.pk, [Part(pot.pk, 2)], errors.BundleNested),
        (target.pk, [Part(cup.pk), Part(euro.pk)], errors.BundleCurrenciesMixed),
        (_goods(shop, 2_000).pk, [Part(cup.pk), Part(pot.pk)], errors.BundleNotCheaper),
    ]

    for variant_id, parts, error in refused:
        with pytest.raises(error) as caught:
            compose_bundle(variant_id=variant_id, parts=parts)
        assert type(caught.value) is error
        assert str(caught.value)

    with pytest.raises(errors.ProductNotFound):
        compose_bundle(variant_id=uuid.uuid4(), parts=[])
    assert list(Variant.objects.filter(is_bundle=True)) == [inner]
    assert BundleItem.objects.count() == 1


@database
def test_the_database_refuses_a_part_of_another_merchant() -> None:
    from django.db import IntegrityError, connection, transaction

    shop = make_merchant()
    cup, foreign = _goods(shop), make_variant()

    with pytest.raises(IntegrityError), transaction.atomic():
        BundleItem.objects.create(merchant=shop, product=cup.product, variant=cup, component=foreign)
        connection.check_constraints()


@database
def test_a_shop_whose_goods_are_looked_at_cannot_change_a_published_set_alone() -> None:
    shop = make_merchant()
    cup = _goods(shop)
    bundle = make_bundle({cup: 2}, price=1_500)
    shop.needs_approval = True
    shop.save()

    with pytest.raises(errors.ApprovalNeeded):
        compose_bundle(variant_id=bundle.pk, parts=[Part(cup.pk, 3)])

    assert BundleItem.objects.get().quantity == 2


@database
def test_a_set_is_not_for_sale_while_a_part_is_not() -> None:
    shop = make_merchant()
    cup, pot = (
        _goods(shop),
        make_product(
            merchant=shop, variants=[new_variant(options={"Colour": "Red"}), new_variant(options={"Colour": "Blue"})]
        ).variants.first(),
    )
    assert pot is not None
    bundle = make_bundle({cup: 1, pot: 1}, price=1_500)

    def standing() -> tuple[bool, bool]:
        offer = offer_of(bundle.pk)
        assert offer is not None
        variant = sellable_variants([bundle.pk])[bundle.pk]
        assert (offer.is_sellable, offer.is_complete) == (variant.is_sellable, variant.is_complete)
        return offer.is_sellable, offer.is_complete

    assert standing() == (True, True)
    hide_product(product_id=cup.product_id, actor="merchant:test", at=NOW)
    assert standing() == (False, False)
    assert bundles_of([bundle.pk], "en", None)[bundle.pk].missing == [cup.product.title]
    publish_product(product_id=cup.product_id, actor="merchant:test", at=NOW)
    update_variant(variant_id=pot.pk, is_active=False)
    assert standing() == (False, False)
    update_variant(variant_id=pot.pk, is_active=True)
    assert standing() == (True, True)
