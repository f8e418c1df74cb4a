"""Compiled reads answer as the queryset itself does, for every kind of row and argument."""

import uuid
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, F, QuerySet
from django.db.transaction import TransactionManagementError

from catalog.models import ProductCard, Variant
from core.compiled import change, compiled, remove
from orders.models import Cart, CartLine
from tests.factories.catalog import make_product
from tests.factories.logistics import make_stock
from tests.factories.orders import make_cart

pytestmark = pytest.mark.django_db


def stocked() -> Variant:
    variant = make_product().variants.get()
    make_stock(10, variant=variant)
    return variant


def test_models_dicts_tuples_and_flat_values_come_as_from_the_queryset() -> None:
    products = [make_product(), make_product()]
    ids = [product.pk for product in products]

    def models(ids: list[uuid.UUID]) -> QuerySet[ProductCard]:
        return ProductCard.objects.filter(pk__in=ids).order_by("pk")

    def dicts(ids: list[uuid.UUID]) -> QuerySet[Any, Any]:
        return models(ids).values("slug", "i18n", "picture_widths", "product__version")

    def tuples(ids: list[uuid.UUID]) -> QuerySet[Any, Any]:
        return models(ids).values_list("slug").annotate(n=Count("product__variants"))

    def flat(ids: list[uuid.UUID]) -> QuerySet[Any, Any]:
        return models(ids).values_list("pk", flat=True)

    for build in (models, dicts, tuples, flat):
        run = compiled(build)
        for asked in (ids, ids[:1], [uuid.uuid4()], []):
            assert run(asked) == list(build(asked)), (build, asked)
    for ours, theirs in zip(compiled(models)(ids), models(ids), strict=True):
        assert vars(ours) | {"_state": None} == vars(theirs) | {"_state": None}
        assert (ours._state.db, ours._state.adding) == (theirs._state.db, theirs._state.adding)


def test_rows_follow_to_what_they_point_at() -> None:
    make_cart(stocked(), quantity=2)

    @compiled
    def followed(quantity: int) -> QuerySet[CartLine]:
        return CartLine.objects.filter(quantity=quantity).select_related("variant__product", "cart__user")

    (line,) = followed(2)
    assert line.variant.product.slug == CartLine.objects.get().variant.product.slug
    assert line.cart.user is None


def test_values_go_to_their_own_places_also_when_they_are_equal() -> None:
    cart = make_cart(stocked(), quantity=3)

    @compiled
    def lines(cart_id: uuid.UUID, least: int, most: int) -> QuerySet[CartLine]:
        return CartLine.objects.filter(cart=cart_id, quantity__gte=least, quantity__lte=most)

    assert [line.quantity for line in lines(cart.pk, 3, 3)] == [3]
    assert lines(cart.pk, 4, 9) == []
    assert lines(cart.pk, 1, 2) == []


def test_text_is_a_value_and_never_sql() -> None:
    @compiled
    def by_sku(sku: str) -> QuerySet[Variant]:
        return Variant.objects.filter(sku=sku)

    variant = make_product().variants.get()

    assert by_sku(variant.sku) == [variant]
    assert by_sku("' OR 1=1 --") == []
    assert by_sku("%s") == []


def test_locking_reads_refuse_to_run_outside_a_transaction(transactional_db: None) -> None:
    cart = make_cart(stocked())

    @compiled
    def locked(cart_id: uuid.UUID) -> QuerySet[Cart]:
        return Cart.objects.select_for_update().filter(pk=cart_id)

    with transaction.atomic():
        assert locked(cart.pk) == [cart]
    with pytest.raises(TransactionManagementError):
        locked(cart.pk)


def test_what_cannot_be_filled_in_is_refused_when_it_is_first_used() -> None:
    @compiled
    def changed(cart_id: uuid.UUID) -> QuerySet[Cart]:
        return Cart.objects.filter(token=str(cart_id)[:4])

    @compiled
    def fetched(cart_id: uuid.UUID) -> QuerySet[Cart]:
        return Cart.objects.filter(pk=cart_id).prefetch_related("lines")

    for run in (changed, fetched):
        with pytest.raises(TypeError):
            run(uuid.uuid4())
    with pytest.raises(TypeError):
        fetched(None)


def test_a_change_finds_and_sets_what_an_update_would() -> None:
    first, second = (make_cart(stocked(), quantity=2) for _ in "ab")
    line = CartLine.objects.get(cart=first)

    assert change(CartLine, {"id": line.pk, "quantity": 2}, {"quantity": 5, "seen_minor": 7}) == 1
    assert change(CartLine, {"id": line.pk, "quantity": 2}, {"quantity": 9}) == 0
    assert change(CartLine, {"cart": second.pk}, {"quantity": F("quantity") + 1}) == 1
    assert change(Cart, {"id": first.pk}, {"token": None}) == 1

    assert CartLine.objects.filter(quantity=5, seen_minor=7).get() == line
    assert CartLine.objects.get(cart=second).quantity == 3
    assert Cart.objects.get(token=None) == first


def test_remove_takes_only_what_it_finds() -> None:
    first, second = (make_cart(stocked(), quantity=2) for _ in "ab")

    assert remove(CartLine, {"cart": first.pk}) == 1
    assert remove(CartLine, {"cart": first.pk}) == 0

    assert CartLine.objects.get().cart == second
