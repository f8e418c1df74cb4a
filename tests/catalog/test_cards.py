import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.errors import AlreadyReviewed, ProductNotFound, ReviewInvalid
from catalog.models import Product, ProductCard, Review
from catalog.selectors import CardQuery, cards_by_ids, cards_of_kind, deal_cards, find_cards, newest_cards, popular_cards
from catalog.selectors.cards import stars_of
from catalog.services import hide_product
from catalog.services.cards import add_sold, recount_stars, refresh_card, refresh_cards, set_in_stock
from catalog.services.categories import move_category, rename_category
from catalog.services.reviews import add_review
from catalog.services.variants import update_variant
from core.ids import uuid7
from core.invariants import violations
from tests.factories.catalog import NOW, make_category, make_product
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db


def card_of(product: Product) -> ProductCard:
    return ProductCard.objects.get(pk=product.pk)


def in_stock(**overrides: object) -> Product:
    product = make_product(**overrides)  # type: ignore[arg-type]
    set_in_stock(product.pk, True)
    return product


def review(product: Product, stars: int = 5, **overrides: object) -> Review:
    fields = {"user_id": None, "author": "Wang", "order_line": uuid7(), "text": "", "language": "en", "at": NOW} | overrides
    return add_review(product_id=product.pk, stars=stars, **fields)  # type: ignore[arg-type]


def test_the_version_grows_with_everything_a_card_shows_and_with_nothing_else() -> None:
    product = make_product()
    versions = [card_of(product).version]

    for change in (
        lambda: set_in_stock(product.pk, True),
        lambda: add_sold(product.pk, 3),
        lambda: review(product),
        lambda: hide_product(product_id=product.pk, actor="merchant:1", at=NOW),
    ):
        change()
        versions.append(card_of(product).version)
    refresh_card(product.pk)
    set_in_stock(product.pk, True)

    assert versions == list(range(versions[0], versions[0] + 5))
    assert card_of(product).version == versions[-1]


def test_a_rebuild_keeps_stock_sales_and_ratings() -> None:
    product = in_stock()
    add_sold(product.pk, 4)
    review(product, 3)
    Product.objects.update(title="Renamed behind our back")

    refresh_card(product.pk)

    card = card_of(product)
    assert (card.title, card.in_stock, card.sold, card.stars_sum, card.stars_count) == ("Renamed behind our back", True, 4, 3, 1)


def test_many_cards_are_rebuilt_with_few_statements(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    merchant, category = make_merchant(), make_category()
    products = [make_product(merchant=merchant, category=category) for _ in range(8)]
    Product.objects.update(title="Another")

    with django_assert_max_num_queries(12):
        changed = refresh_cards([product.pk for product in products] + [uuid7()])

    assert changed == 8
    assert refresh_cards([]) == 0


def test_sales_never_fall_below_zero() -> None:
    product = make_product()
    add_sold(product.pk, 2)

    add_sold(product.pk, -3)

    assert card_of(product).sold == 2


def test_cards_come_in_the_order_asked_for_without_the_hidden(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first, second, hidden = make_product(), make_product(), make_product(published=False)

    with django_assert_num_queries(1):
        cards = cards_by_ids([second.pk, hidden.pk, uuid7(), first.pk, second.pk], "en")

    assert [card.product_id for card in cards] == [second.pk, first.pk]
    with django_assert_num_queries(0):
        assert cards_by_ids([], "en") == []


def test_rails_show_what_is_in_stock_each_in_its_own_order() -> None:
    small = in_stock(title="Small", price=100)
    large = in_stock(title="Large", merchant=make_merchant(kind="individual"), price=100)
    sold_out = make_product(title="Sold out", price=100)
    for product, minor in ((small, 90), (large, 50), (sold_out, 1)):
        update_variant(variant_id=product.variants.get().pk, price_minor=minor, compare_at_minor=100)
    add_sold(small.pk, 9)

    assert [card.title for card in popular_cards(9, "en")] == ["Small", "Large"]
    assert [(card.title, card.discount_percent) for card in deal_cards(9, "en")] == [("Large", 50), ("Small", 10)]
    assert [card.title for card in cards_of_kind("individual", 9, "en")] == ["Large"]
    assert len(newest_cards(1, "en")) == 1
    assert popular_cards(-1, "en") == []
    assert [card.title for card in popular_cards(9, "en", exclude=[small.pk])] == ["Large"]
    assert large.pk


def test_ratings_add_up_on_the_card() -> None:
    product = make_product()
    for stars in (5, 4, 4):
        review(product, stars)

    (card,) = cards_by_ids([product.pk], "en")

    assert (card.stars, card.stars_count) == (4.3, 3)
    assert [stars_of(*pair) for pair in ((0, 0), (9, 2), (17, 20), (89, 20))] == [None, 4.5, 0.9, 4.5]


def test_a_review_is_written_once_per_purchase_and_within_limits() -> None:
    product = make_product()
    line = uuid7()
    review(product, order_line=line)

    with pytest.raises(AlreadyReviewed):
        review(product, order_line=line)
    for stars in (0, 6, -1):
        with pytest.raises(ReviewInvalid):
            review(product, stars)
    with pytest.raises(ReviewInvalid):
        review(product, text="x" * 4_001)
    with pytest.raises(ProductNotFound):
        add_review(product_id=uuid7(), user_id=None, author="", order_line=None, stars=5, text="", language="en", at=NOW)

    assert (card_of(product).stars_sum, card_of(product).stars_count) == (5, 1)
    assert Review.objects.count() == 1


def test_the_watch_sees_stars_and_cards_that_are_wrong_and_a_recount_mends_them() -> None:
    product, other = make_product(), make_product()
    Review.objects.create(product=product, author="Wang", stars=4)
    assert set(violations()) == {"invariant_card_stars"}

    recount_stars([product.pk])
    assert violations() == {}

    from core.models import OutboxEvent

    OutboxEvent.objects.update(handled_at=NOW)
    ProductCard.objects.filter(pk=product.pk).update(price_minor=1)
    ProductCard.objects.filter(pk=other.pk).delete()
    assert [row["card_price_minor"] for row in violations()["invariant_card"]] in ([1, None], [None, 1])
    refresh_cards([product.pk, other.pk])
    assert violations() == {}


def test_a_variant_under_another_merchant_is_seen() -> None:
    product = make_product()

    product.variants.update(merchant=make_merchant())

    assert len(violations()["invariant_variant_merchant"]) == 1


def test_moving_and_renaming_a_category_takes_its_products_along() -> None:
    home, garden = make_category("Home"), make_category("Garden")
    pots = make_category("Pots", parent=home)
    make_product(title="Clay thing", category=pots)

    pots = move_category(category=pots, parent=garden)
    rename_category(category=pots, name="Vessels")

    def found(**asked: object) -> int:
        return find_cards(CardQuery(**asked), "en").total  # type: ignore[arg-type]

    assert (found(category=home), found(category=garden), found(category=pots)) == (0, 1, 1)
    assert (found(text="vessels"), found(text="pots")) == (1, 0)
    pots = move_category(category=pots, parent=None)
    assert (found(category=garden), found(category=pots)) == (0, 1)
