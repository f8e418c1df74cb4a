import io
import zipfile
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import ModerationItem, Product, Report, Review, ReviewVote
from catalog.services.moderation import hide_directly
from catalog.services.review_answers import reply_to_review
from catalog.services.reviews import add_later
from orders.states import OrderStatus
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_product
from tests.factories.reviews import make_review, make_sized, photo_file
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"
ANCHOR = 'aria-pressed="true"'


def page_of(client: Client, product: Product, query: str = "") -> Any:
    return client.get(f"/p/{product.slug}/{query}")


def signed_in() -> tuple[Client, Any]:
    client, user = Client(), make_user()
    client.force_login(user)
    return client, user


def test_the_shared_page_knows_each_readers_own_votes(client: Client) -> None:
    review = make_review(make_product())
    reader, _user = signed_in()
    other, _other = signed_in()
    for visitor in (client, reader, other):
        page_of(visitor, review.product)

    reader.post(f"/reviews/{review.pk}/helpful/", {"was": "false"})
    pages = [page_of(visitor, review.product).text for visitor in (reader, other, client, reader)]

    assert [ANCHOR in page for page in pages] == [True, False, False, True]
    assert all("(1)" in page for page in pages)


def test_pressing_the_button_again_takes_the_vote_back_and_a_double_click_does_not() -> None:
    review = make_review()
    reader, _user = signed_in()
    url = f"/reviews/{review.pk}/helpful/"

    for _ in range(2):
        pressed = reader.post(url, {"was": "false"}, headers={"hx-request": "true"})
    counted = ReviewVote.objects.count()
    released = reader.post(url, {"was": "true"}, headers={"hx-request": "true"})

    assert counted == 1
    assert ANCHOR in pressed.text
    assert 'aria-pressed="false"' in released.text
    assert not ReviewVote.objects.exists()


def test_guests_are_asked_to_sign_in_before_they_vote_or_report(client: Client) -> None:
    review = make_review()

    vote = client.post(f"/reviews/{review.pk}/helpful/", {"was": "false"})
    report = client.get(f"/report/review/{review.pk}/")

    assert vote["Location"] == f"/sign-in/?next=/p/{review.product.slug}/reviews/{review.pk}/"
    assert report["Location"].startswith("/sign-in/?next=/report/")
    assert not ReviewVote.objects.exists()


def test_everything_people_write_is_inert(client: Client) -> None:
    product = make_sized()
    review = make_review(product, text=SCRIPT, variant={SCRIPT: SCRIPT})
    Review.objects.filter(pk=review.pk).update(author=SCRIPT)
    add_later(review_id=review.pk, user_id=review.user_id, text=SCRIPT, language="en", photos=(), at=NOW)  # type: ignore[arg-type]
    reply_to_review(review_id=review.pk, merchant_id=product.merchant_id, text=SCRIPT, at=NOW)

    pages = [page_of(client, product).text, client.get(f"/p/{product.slug}/reviews/{review.pk}/").text]

    assert all("alert(1)&lt;/script&gt;" in page for page in pages)
    assert not any(SCRIPT in page for page in pages)


def test_what_was_bought_how_it_fits_and_that_it_was_bought_is_said(client: Client) -> None:
    make_review(make_sized(), variant={"Size": "M"}, fit="small", stars=4, service=5)

    page = page_of(client, Product.objects.get()).text

    for said in ("Size: M", "Runs small", "Verified purchase", "How reviews are checked", "Service of the shop"):
        assert said in page, said


def test_the_histogram_filters_by_links_that_can_be_taken_back(client: Client) -> None:
    product = make_product()
    make_review(product, stars=5, text="Splendid")
    make_review(product, stars=2, text="Meagre")

    page = page_of(client, product, "?stars=2")

    assert "Meagre" in page.text
    assert "Splendid" not in page.text
    assert 'href="?stars=5#reviews"' in page.text
    assert 'data-testid="all-reviews"' in page.text
    assert page_of(client, product, "?stars=9&sort=worst&photos=x").status_code == 200


def test_pages_of_reviews_have_addresses_and_end(client: Client) -> None:
    product = make_product()
    for number in range(8):
        make_review(product, text=f"Word {number}")

    first = page_of(client, product).text
    second = client.get(f"/p/{product.slug}/reviews/?page=2")

    assert first.count('data-testid="review"') == 6
    assert f'href="/p/{product.slug}/reviews/?page=2"' in first
    assert second.text.count('data-testid="review"') == 2
    assert {client.get(f"/p/{product.slug}/reviews/?page={page}").status_code for page in ("3", "0", "x", "-1", "9" * 9, "\x00")} == {404}


def test_photos_lead_to_the_review_where_they_are_large(client: Client) -> None:
    review = make_review(photos=[photo_file()])
    photo = review.photos.get()

    page = page_of(client, review.product).text
    shown = client.get(f"/p/{review.product.slug}/reviews/{review.pk}/").text
    picture = client.get(f"/media/reviews/{photo.pk}/640.jpg")

    assert 'data-testid="photo-strip"' in page
    assert f"/p/{review.product.slug}/reviews/{review.pk}/#photo-{photo.pk}" in page
    assert f'id="photo-{photo.pk}"' in shown
    assert (picture.status_code, picture["X-Content-Type-Options"]) == (200, "nosniff")


def test_an_original_is_for_its_author_alone(client: Client) -> None:
    author = Client()
    user = make_user()
    author.force_login(user)
    stranger, _stranger = signed_in()
    photo = make_review(user=user, photos=[photo_file()], text="Call 138 0013 8000").photos.get()

    answers = [visitor.get(f"/reviews/photos/{photo.pk}/") for visitor in (author, stranger, client)]

    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert answers[0]["Cache-Control"].startswith("private")


def test_a_hidden_review_leaves_its_pages_at_once(client: Client) -> None:
    review = make_review(text="Advertising")
    page_of(client, review.product)

    hide_directly(kind="review", subject_id=review.pk, actor="operator:test", reason="spam", at=NOW)

    assert "Advertising" not in page_of(client, review.product).text
    assert client.get(f"/p/{review.product.slug}/reviews/{review.pk}/").status_code == 404


def test_a_report_is_taken_once_and_its_form_says_what_is_missing() -> None:
    review = make_review()
    reader, _user = signed_in()
    url = f"/report/review/{review.pk}/"

    missing = reader.post(url, {"note": "Look"})
    sent = reader.post(url, {"reason": "spam", "note": SCRIPT})
    again = reader.post(url, {"reason": "fake"})

    assert (missing.status_code, sent.status_code, again.status_code) == (422, 302, 422)
    assert "reported this already" in again.text
    assert [row.reason for row in Report.objects.all()] == ["spam"]
    assert ModerationItem.objects.get().reports_count == 1


@pytest.mark.parametrize("kind", ["order", "photo", "review"])
def test_reporting_what_is_not_there_is_not_found(kind: str) -> None:
    reader, user = signed_in()

    assert reader.get(f"/report/{kind}/{user.pk}/").status_code == 404
    assert not ModerationItem.objects.exists()


def _bomb() -> bytes:
    """13,000 × 13,000 pixels in some kilobytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    side = (13_000).to_bytes(4, "big")
    row = b"\0" * (13_000 * 3 + 1)
    header = chunk(b"IHDR", side + side + b"\x08\x02\0\0\0")
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(row * 13, 9)) + chunk(b"IEND", b"")


def _zip_behind_a_picture() -> bytes:
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as archive:
        archive.writestr("x.html", SCRIPT)
    return photo_file() + hidden.getvalue()


HOSTILE = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<html><script>alert(1)</script></html>",
    "polyglot": photo_file() + b"<script>alert(1)</script>",
    "zip": _zip_behind_a_picture(),
    "bomb": _bomb(),
    "empty": b"\0",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_and_what_was_typed_is_kept(name: str) -> None:
    client, user = signed_in()
    walk = order_up_to(OrderStatus.COMPLETED, user=user)
    line = walk.order.lines.get()
    sent = SimpleUploadedFile("../../x.jpg", HOSTILE[name], "image/jpeg")

    answer = client.post(
        f"/orders/{walk.checkout.number}/review/{line.pk}/",
        {f"{line.pk}-stars": "4", f"{line.pk}-text": "Typed with care", f"{line.pk}-service": "3", f"{line.pk}-photos": [sent]},
    )

    assert answer.status_code == 422
    assert "Typed with care" in answer.text
    assert '<option value="3" selected>' in answer.text
    assert "not a picture we can use" in answer.text
    assert not Review.objects.exists()


def test_a_review_with_a_photo_is_written_from_the_order_and_shown_with_its_masked_author(client: Client) -> None:
    writer, user = signed_in()
    walk = order_up_to(OrderStatus.COMPLETED, user=user)
    line = walk.order.lines.get()
    sent = SimpleUploadedFile("me.jpg", photo_file(), "image/jpeg")

    answer = writer.post(
        f"/orders/{walk.checkout.number}/review/{line.pk}/",
        {f"{line.pk}-stars": "4", f"{line.pk}-text": "很好", f"{line.pk}-delivery": "5", f"{line.pk}-photos": [sent]},
        follow=True,
    )

    review = Review.objects.get()
    assert "Thank you for your review." in answer.text
    assert (review.stars, review.delivery, review.language, review.photos.count()) == (4, 5, "zh-hans", 1)
    assert "***" in review.author
    assert review.author in page_of(client, line.product).text


def test_a_member_changes_adds_to_and_deletes_their_review() -> None:
    from django.utils import timezone

    author, user = signed_in()
    review = make_review(user=user, stars=2, photos=[photo_file()], at=timezone.now())
    base = f"/account/reviews/{review.pk}/"

    form = author.get(f"{base}edit/")
    bad = author.post(f"{base}edit/", {"stars": "7", "text": "Typed"})
    changed = author.post(f"{base}edit/", {"stars": "5", "text": "Better", "drop": [str(review.photos.get().pk)]}, follow=True)
    added = author.post(f"{base}add/", {"text": "Still good"}, follow=True)
    again = author.post(f"{base}add/", {"text": "And again"})

    assert "Fine." in form.text
    assert (bad.status_code, again.status_code) == (422, 422)
    assert "Typed" in bad.text
    assert "Your review is changed." in changed.text
    assert "Still good" in added.text
    row = Review.objects.get()
    assert (row.stars, row.text, row.photos.get().status) == (5, "Better", "withdrawn")

    assert author.get(f"{base}delete/").status_code == 200
    gone = author.post(f"{base}delete/", follow=True)

    assert "No reviews yet" in gone.text
    assert Review.objects.get().status == "withdrawn"


@pytest.mark.parametrize("action", ["edit", "add", "delete"])
def test_a_strangers_review_cannot_be_touched(action: str) -> None:
    review = make_review()
    stranger, _user = signed_in()

    answers = [
        stranger.get(f"/account/reviews/{review.pk}/{action}/"),
        stranger.post(f"/account/reviews/{review.pk}/{action}/", {"stars": "1"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert Review.objects.get().stars == 5


def test_an_author_is_told_why_a_review_is_hidden_or_waits() -> None:
    author, user = signed_in()
    hidden = make_review(user=user, text="Advertising")
    make_review(user=user, text="Call 138 0013 8000")
    hide_directly(kind="review", subject_id=hidden.pk, actor="operator:test", reason="It is advertising.", at=NOW)

    page = author.get("/account/reviews/").text

    assert "It is advertising." in page
    assert "looks at it before it is shown" in page


def test_pages_of_reviews_do_not_grow_in_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    author, user = signed_in()
    product = make_product()
    paths = [f"/p/{product.slug}/reviews/", f"/p/{product.slug}/?sort=helpful", "/account/reviews/"]
    counts = []
    for _ in range(2):
        for seed in range(3):
            make_review(product, user=user, photos=[photo_file(seed)])
        for path in paths:
            author.get(path)
            with django_assert_max_num_queries(16) as made:
                author.get(path)
            counts.append(len(made))

    assert counts[:3] == counts[3:]
