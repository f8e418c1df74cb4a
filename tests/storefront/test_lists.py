from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Category, ReviewPhoto
from catalog.services import tree
from catalog.services.questions import answer_question, ask_question
from catalog.services.reviews import add_review
from merchants.services import suspend_merchant
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_category, make_product
from tests.factories.orders import make_goods, make_seller


@pytest.fixture
def lanterns(db: None) -> Category:
    """A category with thirty products of one merchant."""
    category, merchant = make_category("Lanterns"), make_seller()
    for _ in range(30):
        make_product(merchant=merchant, category=category)
    return category


WRONG = [
    "sort=worst",
    "min=-1",
    "min=x",
    "max=1e400",
    "min=9&max=1",
    "condition=broken",
    "page=0",
    "page=-1",
    "page=x",
    "page=100000",
    "min=1.999",
    "sort=%00",
]


@pytest.mark.parametrize("query", WRONG)
@pytest.mark.parametrize("path", ["/search/", "/c/lanterns/"])
def test_a_wrong_filter_is_said_and_never_breaks(client: Client, lanterns: Category, path: str, query: str) -> None:
    answer = client.get(f"{path}?{query}")

    assert answer.status_code == 400
    assert 'id="error-summary"' in answer.text


@pytest.mark.parametrize("text", ["x" * 101, "\x00", "a\x00b"])
def test_search_words_have_limits(client: Client, db: None, text: str) -> None:
    assert client.get("/search/", {"q": text}).status_code == 400


@pytest.mark.parametrize("text", ["%", "'; drop table", "!!!", "<script>alert(1)</script>", "（全角）", "&|:*"])
def test_strange_words_find_nothing_and_run_nothing(client: Client, db: None, text: str) -> None:
    answer = client.get("/search/", {"q": text})

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "We found nothing" in answer.text


def test_full_width_letters_and_spaces_mean_the_plain_ones(client: Client, db: None) -> None:
    make_product(title="Paper lantern")

    answer = client.get("/search/", {"q": "Ｐａｐｅｒ\u3000lantern"})

    assert answer.text.count('data-testid="product-card"') == 1


def test_the_next_page_goes_on_where_the_first_ended(client: Client, lanterns: Category) -> None:
    first, second = client.get("/c/lanterns/"), client.get("/c/lanterns/?page=2")

    slugs = [{card.slug for card in answer.context["listing"].cards} for answer in (first, second)]
    assert [len(found) for found in slugs] == [24, 6]
    assert not slugs[0] & slugs[1]


def test_a_page_after_the_last_is_not_found(client: Client, lanterns: Category) -> None:
    assert client.get("/c/lanterns/?page=3").status_code == 404


@pytest.mark.parametrize("path", ["/c/nothing/", "/p/nothing/", "/s/nothing/"])
def test_what_is_not_there_is_not_found(client: Client, db: None, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert "no-store" in answer["Cache-Control"]


def test_a_category_that_another_process_has_just_made_is_found(client: Client, lanterns: Category) -> None:
    assert client.get(f"/c/{lanterns.slug}/").status_code == 200

    category = make_category("Paper birds")  # within a transaction, so this process hears nothing
    cache.set(tree.KEY, "another", None)

    assert client.get(f"/c/{category.slug}/").status_code == 200


def test_a_suspended_shop_is_closed(client: Client, db: None) -> None:
    merchant = make_seller()

    suspend_merchant(merchant_id=merchant.pk, actor="operator:test", reason="test", at=NOW)

    assert client.get(f"/s/{merchant.slug}/").status_code == 404


@pytest.mark.parametrize("path", ["/", "/c/lanterns/", "/search/?q=lantern", "/s/{shop}/", "/p/{product}/"])
def test_queries_are_few_and_do_not_grow_with_the_goods(
    client: Client, lanterns: Category, path: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    goods = make_goods(category=lanterns)
    path = path.format(shop=goods.merchant.slug, product=goods.product.slug)
    client.post("/cart/add/", {"variant": goods.pk})
    client.get("/help/")  # the category tree is read by whatever page comes first

    with django_assert_max_num_queries(12) as few:
        client.get(path)
    for _ in range(10):
        make_product(merchant=goods.merchant, category=lanterns)
    with django_assert_max_num_queries(12) as more:
        client.get(path)

    assert len(more) <= len(few)


def test_a_reviewed_product_deep_in_the_tree_needs_few_queries_and_then_hardly_any(
    client: Client, db: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    deep = make_category("Paper", parent=make_category("Lamps", parent=make_category("Home")))
    goods = make_goods(category=deep)
    review = add_review(
        product_id=goods.product_id, user_id=None, author="Mei", order_line=uuid4(), stars=4, text="Fine", language="en", at=NOW
    )
    ReviewPhoto.objects.create(review=review, file="x", width=9, height=9, fingerprint=1, widths=[160], formats=["webp"], status="visible")
    member: dict[str, Any] = {"user_id": make_user().pk, "author": "L***a", "language": "en", "at": NOW}
    question = ask_question(product_id=goods.product_id, text="Is it washable?", **member)
    answer_question(question_id=question.pk, text="Yes, gently.", merchant_id=goods.merchant_id, **member)
    client.post("/cart/add/", {"variant": goods.pk})
    client.get("/help/")  # the category tree is read by whatever page comes first

    with django_assert_max_num_queries(12):
        first = client.get(f"/p/{goods.product.slug}/")
    with django_assert_max_num_queries(3):
        second = client.get(f"/p/{goods.product.slug}/")

    for page in (first, second):
        assert "Fine" in page.text
        assert "Yes, gently." in page.text
        assert page.text.count("#photo-") == 2  # in the strip and with its review


def test_a_variant_that_is_gone_is_said_on_the_products_page(client: Client, db: None) -> None:
    goods = make_goods()

    for asked in ("nonsense", "00000000-0000-0000-0000-000000000000", "\x00"):
        answer = client.get(f"/p/{goods.product.slug}/", {"v": asked})

        assert answer.status_code == 404
        assert 'data-testid="add-to-cart"' in answer.text
