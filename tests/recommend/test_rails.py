from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from catalog.models import ProductCard
from catalog.selectors import Card
from core.remembered import forget
from recommend.selectors import bought_with, for_you, predicted_stars
from tests.factories.accounts import make_user
from tests.factories.catalog import make_product
from tests.factories.merchants import make_merchant
from tests.factories.recommend import make_purchase, make_version, place_beside, put_in_stock, recommend_to

pytestmark = pytest.mark.django_db


def ids(cards: list[Card]) -> list[Any]:
    return [card.product_id for card in cards]


def pks(products: list[Any]) -> list[Any]:
    return [product.pk for product in products]


def make_products(count: int, *, merchants: int = 4, **overrides: Any) -> list[Any]:
    """Products in stock, the first sold most."""
    sellers = [make_merchant() for _ in range(merchants)]
    products = [make_product(merchant=sellers[place % merchants], **overrides) for place in range(count)]
    for place, product in enumerate(products):
        put_in_stock([product], sold=100 - place)
    return products


@pytest.mark.parametrize("visitor", [None, AnonymousUser()])
def test_a_guest_sees_what_is_popular(visitor: Any) -> None:
    products = make_products(6)

    assert ids(for_you(visitor, 4, "en")) == pks(products[:4])


def test_somebody_the_live_version_does_not_know_sees_what_is_popular_but_not_their_own_purchases() -> None:
    products, user = make_products(6), make_user()
    make_version()
    make_purchase([products[0]], user=user)

    assert ids(for_you(user, 4, "en")) == pks(products[1:5])


def test_the_live_versions_list_comes_first_and_popular_products_fill_it() -> None:
    products, user = make_products(8), make_user()
    recommend_to(user, [products[7], products[5]], make_version("live"))
    recommend_to(user, [products[6]], make_version("training"))
    recommend_to(user, [products[4]], make_version("retired"))

    assert ids(for_you(user, 4, "en")) == pks([products[7], products[5], products[0], products[1]])


def test_what_cannot_be_bought_is_never_shown() -> None:
    products, user = make_products(6), make_user()
    version = make_version()
    recommend_to(user, products, version)
    place_beside(products[5], products[:5], version)
    ProductCard.objects.filter(pk=products[0].pk).update(is_visible=False)
    ProductCard.objects.filter(pk=products[1].pk).update(in_stock=False)
    make_purchase([products[2]], user=user)

    assert ids(for_you(user, 10, "en")) == pks(products[3:])
    assert ids(bought_with([products[5].pk], 10, "en")) == pks(products[2:5])


def test_one_merchant_has_at_most_three_of_the_first_ten() -> None:
    crowd = make_products(8, merchants=1)
    others, user = make_products(8, merchants=4), make_user()
    recommend_to(user, [*crowd, *others], make_version())

    shown = for_you(user, 12, "en")

    assert ids(shown)[:3] == pks(crowd[:3])
    assert [card.merchant_slug for card in shown[:10]].count(crowd[0].merchant.slug) == 3


def test_one_merchants_list_makes_room_for_popular_products_of_others() -> None:
    crowd = make_products(8, merchants=1)
    others, user = make_products(4, merchants=4), make_user()
    recommend_to(user, crowd, make_version())

    assert ids(for_you(user, 6, "en")) == pks([*crowd[:3], *others[:3]])


def test_a_shop_with_one_merchant_fills_its_rails() -> None:
    products = make_products(6, merchants=1)

    assert ids(for_you(None, 6, "en")) == pks(products)


def test_a_cart_is_shown_what_goes_with_all_of_it_and_nothing_that_is_in_it() -> None:
    tea, pot, cup, spoon, other = make_products(5)
    version = make_version()
    place_beside(tea, [pot, cup], version, weight=0.6)
    place_beside(pot, [tea, spoon, cup], version, weight=0.9)

    assert ids(bought_with([tea.pk, pot.pk], 3, "en")) == pks([cup, spoon, other])


def test_nothing_in_the_cart_means_popular_products() -> None:
    products = make_products(3)

    assert ids(bought_with([], 3, "en")) == pks(products)


def test_titles_are_in_the_language_asked_for() -> None:
    make_products(1, title="Teapot", i18n={"zh-hans": {"title": "茶壶"}})

    assert [card.title for card in for_you(None, 1, "zh-hans")] == ["茶壶"]


def test_rails_take_at_most_three_queries_however_much_there_is(django_assert_num_queries: Any) -> None:
    products, user = make_products(12), make_user()
    version = make_version()
    recommend_to(user, products[6:8], version)
    for product in products[:3]:
        place_beside(product, products[6:8], version)
        make_purchase([product], user=user)

    pks = [product.pk for product in products[:3]]
    rails: list[tuple[int, Callable[[], object]]] = [
        (1, lambda: for_you(None, 8, "en")),
        (3, lambda: for_you(user, 8, "en")),
        (2, lambda: for_you(user, 2, "en")),
        (3, lambda: bought_with(pks, 8, "en")),
    ]
    for most, rail in rails:
        forget()
        with django_assert_num_queries(most):
            rail()
    with django_assert_num_queries(2):  # what is popular is remembered for a moment
        bought_with(pks, 8, "en")


def test_predicted_stars_are_those_of_the_live_version() -> None:
    products, user = make_products(2), make_user()
    recommend_to(user, products, make_version())

    assert predicted_stars(user.pk) == {products[0].pk: 4.0, products[1].pk: 4.0}
    assert predicted_stars(make_user().pk) == {}
