"""Reviews over the API: everybody reads, a merchant lists its own and replies."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Review
from catalog.services.moderation import hide_directly
from tests.api.conftest import Partner, make_partner
from tests.factories.catalog import NOW, make_product
from tests.factories.reviews import make_review, make_sized, photo_file

pytestmark = pytest.mark.django_db


def test_anybody_reads_the_visible_reviews_of_a_product(client: Client) -> None:
    product = make_sized()
    make_review(product, stars=4, text="Warm", fit="true", variant={"Size": "M"}, photos=[photo_file()])
    hidden = make_review(product, stars=1, text="Spam")
    hide_directly(kind="review", subject_id=hidden.pk, actor="operator:test", reason="spam", at=NOW)

    answer = client.get(f"/api/v1/products/{product.slug}/reviews/")

    (row,) = answer.json()["results"]
    assert (row["stars"], row["text"], row["fit"], row["variant"], row["verified"]) == (4, "Warm", "true", {"Size": "M"}, True)
    assert row["photos"][0].endswith(".jpg")
    assert client.get("/api/v1/products/nothing/reviews/").status_code == 404


def test_a_merchant_lists_reviews_of_its_products_and_replies(partner: Partner) -> None:
    mine = make_review(make_product(merchant=partner.merchant), stars=2)
    make_review()

    listed = partner.get("/reviews/", unanswered="true", max_stars=2).json()["results"]
    sent = partner.send("POST", f"/reviews/{mine.pk}/reply/", {"text": "We are sorry."}, key="reply-1")
    again = partner.send("POST", f"/reviews/{mine.pk}/reply/", {"text": "We are sorry."}, key="reply-1")

    assert [row["id"] for row in listed] == [str(mine.pk)]
    assert (sent.status_code, again.json()) == (200, sent.json())
    assert sent.json()["reply"] == "We are sorry."
    assert partner.get("/reviews/", unanswered="true").json()["results"] == []


@pytest.mark.parametrize(
    "body", [{}, {"text": ""}, {"text": "x" * 1001}, {"text": "www.shop.example"}, {"text": 5, "stars": 5}, "[]", "nonsense"]
)
def test_a_bad_reply_is_refused_and_nothing_changes(partner: Partner, body: object) -> None:
    mine = make_review(make_product(merchant=partner.merchant), stars=2)

    answer = partner.send("POST", f"/reviews/{mine.pk}/reply/", body, key="k")

    row = Review.objects.get()
    assert answer.status_code in {400, 422} or row.reply == "5"
    assert row.stars == 2
    assert "shop.example" not in row.reply


def test_a_strangers_review_does_not_exist(partner: Partner) -> None:
    theirs = make_review()

    answer = partner.send("POST", f"/reviews/{theirs.pk}/reply/", {"text": "Hello"}, key="k")

    assert answer.status_code == 404
    assert Review.objects.get().reply == ""


@pytest.mark.parametrize(
    ("scopes", "read", "write"), [(["reviews:read"], 200, 403), (["reviews:write"], 403, 200), (["orders:read"], 403, 403)]
)
def test_a_key_does_what_its_scopes_say(scopes: list[str], read: int, write: int) -> None:
    partner = make_partner(scopes=scopes)
    mine = make_review(make_product(merchant=partner.merchant))

    assert partner.get("/reviews/").status_code == read
    assert partner.send("POST", f"/reviews/{mine.pk}/reply/", {"text": "Thanks"}, key="k").status_code == write


def test_lists_do_not_grow_in_queries(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    product, counts = make_product(), []
    for _ in range(2):
        for seed in range(3):
            make_review(product, photos=[photo_file(seed)])
        with django_assert_max_num_queries(5) as made:
            client.get(f"/api/v1/products/{product.slug}/reviews/")
        counts.append(len(made))

    assert counts[0] == counts[1]
