import datetime as dt

import pytest
from django.conf import settings

from catalog.errors import (
    AlreadyAdded,
    OwnVote,
    ReplyInvalid,
    ReviewClosed,
    ReviewInvalid,
    ReviewIsHidden,
    ReviewNotFound,
    TooManyReviewPhotos,
)
from catalog.models import ModerationItem, Product, ProductCard, Review, ReviewPhoto, ReviewVote
from catalog.rules.reviews import hold_cause, language_of, masked
from catalog.selectors.reviews import Wish, rating_of, reviews_of
from catalog.services.moderation import hide_directly
from catalog.services.review_answers import reply_to_review, set_helpful
from catalog.services.reviews import Details, add_later, edit_review, withdraw_review
from core.errors import InvalidPicture
from core.ids import uuid7
from core.invariants import violations
from core.models import OutboxEvent
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_product
from tests.factories.reviews import make_review, make_sized, photo_file

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def sums(product: Product) -> tuple[int, int]:
    card = ProductCard.objects.get(pk=product.pk)
    return card.stars_sum, card.stars_count


def edit(review: Review, *, stars: int = 3, text: str = "Changed.", at: dt.datetime = NOW + DAY, **more: object) -> Review:
    assert review.user_id
    who = {"review_id": review.pk, "user_id": review.user_id, "language": "en", "at": at} | more
    return edit_review(stars=stars, text=text, **who)  # type: ignore[arg-type]


def test_the_ratings_beside_the_stars_are_averaged_over_those_who_gave_them() -> None:
    product = make_sized()
    make_review(product, stars=5, service=4, delivery=2, fit="small")
    make_review(product, stars=4, service=5, fit="small")
    make_review(product, stars=1, fit="true")

    rating = rating_of(ProductCard.objects.get(pk=product.pk))

    assert (rating.stars, rating.count, rating.service, rating.delivery) == (3.3, 3, 4.5, 2.0)
    assert rating.histogram == {5: 1, 4: 1, 3: 0, 2: 0, 1: 1}
    assert rating.fit is not None
    assert (rating.fit.word, rating.fit.percent, rating.fit.count) == ("small", 67, 3)


def test_a_fit_is_kept_only_where_one_chooses_a_size() -> None:
    assert make_review(make_product(), fit="small").fit == ""
    assert make_review(make_sized(), fit="small").fit == "small"


@pytest.mark.parametrize("details", [{"service": 6}, {"delivery": 0}, {"fit": "tight"}])
def test_ratings_beyond_their_scale_are_refused(details: dict[str, object]) -> None:
    product = make_sized()

    with pytest.raises(ReviewInvalid):
        make_review(product, **details)

    assert sums(product) == (0, 0)
    assert not Review.objects.exists()


def test_an_edit_moves_the_cards_sums_by_the_difference() -> None:
    product = make_product()
    make_review(product, stars=5)
    review = make_review(product, stars=1)

    edit(review, stars=4)

    assert sums(product) == (9, 2)
    assert violations() == {}


def test_an_edit_after_its_days_or_by_somebody_else_changes_nothing() -> None:
    review = make_review(stars=5)
    late = NOW + settings.REVIEW_EDIT_DAYS * DAY + dt.timedelta(seconds=1)

    with pytest.raises(ReviewClosed):
        edit(review, at=late)
    with pytest.raises(ReviewNotFound):
        edit(review, user_id=make_user().pk)

    review.refresh_from_db()
    assert (review.stars, review.text) == (5, "Fine.")
    assert sums(review.product) == (5, 1)


def test_a_deleted_review_leaves_no_word_and_no_star_behind(django_capture_on_commit_callbacks: object) -> None:
    review = make_review(stars=2, photos=[photo_file()])
    assert review.user_id

    withdraw_review(review_id=review.pk, user_id=review.user_id, at=NOW)

    review.refresh_from_db()
    assert (review.text, review.author, sums(review.product)) == ("", "", (0, 0))
    assert reviews_of(review.product_id).reviews == []
    with pytest.raises(ReviewNotFound):
        edit(review)
    assert violations() == {}


def test_something_is_added_once_and_in_its_time() -> None:
    review = make_review()
    who = {"review_id": review.pk, "user_id": review.user_id, "language": "en", "photos": ()}
    late = NOW + settings.REVIEW_ADDITION_DAYS * DAY + DAY

    with pytest.raises(ReviewClosed):
        add_later(text="Too late", at=late, **who)  # type: ignore[arg-type]
    with pytest.raises(ReviewInvalid):
        add_later(text="  ", at=NOW, **who)  # type: ignore[arg-type]
    addition = add_later(text="Still fine.", at=NOW + 12 * DAY, **who)  # type: ignore[arg-type]
    with pytest.raises(AlreadyAdded):
        add_later(text="Again", at=NOW + 13 * DAY, **who)  # type: ignore[arg-type]

    assert addition.days_later == 12
    assert reviews_of(review.product_id).reviews[0].addition.text == "Still fine."


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Very soft, 100% cotton, size 42, bought 2026-11-29.", ""),
        ("质量很好，穿了3次，订单没有问题。", ""),
        ("Cheaper at www.else.example", "link"),
        ("see shop-x.com for more", "link"),
        ("Call 138 0013 8000", "contact"),
        ("加微信：abc12345 便宜", "contact"),
        ("Ｃａｌｌ １３８００１３８０００", "contact"),
        ("write me at a.b@example.org", "contact"),
    ],
)
def test_links_and_contacts_wait_for_a_check(text: str, cause: str) -> None:
    review = make_review(text=text)

    assert hold_cause(text) == cause
    assert review.is_visible is (not cause)
    assert sums(review.product)[1] == (0 if cause else 1)
    assert list(ModerationItem.objects.values_list("cause", flat=True)) == ([cause] if cause else [])
    assert violations() == {}


def test_an_edit_that_brings_a_link_takes_the_review_off_the_page() -> None:
    review = make_review(stars=4)

    edit(review, stars=5, text="Now at https://elsewhere.example")

    assert sums(review.product) == (0, 0)
    assert reviews_of(review.product_id).reviews == []
    assert violations() == {}


def test_a_hidden_review_can_only_be_deleted() -> None:
    review = make_review()
    hide_directly(kind="review", subject_id=review.pk, actor="operator:test", reason="Insults", at=NOW)

    with pytest.raises(ReviewIsHidden):
        edit(review)

    assert Review.objects.get().text == "Fine."


def test_a_vote_counts_once_however_often_it_is_given() -> None:
    review, reader = make_review(), make_user()

    for _ in range(2):
        set_helpful(review_id=review.pk, user_id=reader.pk, is_helpful=True, at=NOW)
    counted = Review.objects.get().helpful_count
    for _ in range(2):
        set_helpful(review_id=review.pk, user_id=reader.pk, is_helpful=False, at=NOW)

    assert counted == 1
    assert (Review.objects.get().helpful_count, ReviewVote.objects.count()) == (0, 0)
    assert violations() == {}


def test_nobody_votes_for_their_own_review_or_for_one_that_is_hidden() -> None:
    review = make_review()
    hidden = make_review(text="Call 138 0013 8000")

    with pytest.raises(OwnVote):
        set_helpful(review_id=review.pk, user_id=review.user_id, is_helpful=True, at=NOW)  # type: ignore[arg-type]
    with pytest.raises(ReviewNotFound):
        set_helpful(review_id=hidden.pk, user_id=make_user().pk, is_helpful=True, at=NOW)

    assert not ReviewVote.objects.exists()


def test_the_shop_replies_and_may_say_it_better_but_the_mail_goes_once() -> None:
    review = make_review()
    shop = review.product.merchant_id

    for text in ("Thank you!", "Thank you very much!"):
        reply_to_review(review_id=review.pk, merchant_id=shop, text=text, at=NOW)

    assert Review.objects.get().reply == "Thank you very much!"
    assert OutboxEvent.objects.filter(name="ReviewReplied").count() == 1


@pytest.mark.parametrize("text", ["", "  ", "x" * 1_001, "Write to www.shop.example"])
def test_an_empty_or_luring_reply_is_refused(text: str) -> None:
    review = make_review()

    with pytest.raises(ReplyInvalid):
        reply_to_review(review_id=review.pk, merchant_id=review.product.merchant_id, text=text, at=NOW)

    assert Review.objects.get().reply == ""


def test_another_shop_cannot_reply() -> None:
    review = make_review()

    with pytest.raises(ReviewNotFound):
        reply_to_review(review_id=review.pk, merchant_id=make_product().merchant_id, text="Hello", at=NOW)


def test_readers_choose_by_stars_and_photos_and_what_helps_comes_first() -> None:
    product = make_product()
    plain = make_review(product, stars=5, at=NOW)
    helpful = make_review(product, stars=3, at=NOW - DAY)
    pictured = make_review(product, stars=3, at=NOW - 2 * DAY, photos=[photo_file()])
    set_helpful(review_id=helpful.pk, user_id=make_user().pk, is_helpful=True, at=NOW)

    def shown(**wish: object) -> list[Review]:
        return reviews_of(product.pk, Wish(**wish)).reviews  # type: ignore[arg-type]

    assert shown() == [plain, helpful, pictured]
    assert shown(sort="helpful") == [helpful, plain, pictured]
    assert shown(stars=3) == [helpful, pictured]
    assert shown(with_photos=True) == [pictured]


@pytest.mark.parametrize("bad", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", b"GIF89a" + b"\0" * 40])
def test_a_file_that_is_no_picture_leaves_nothing_behind(bad: bytes) -> None:
    product = make_product()

    with pytest.raises(InvalidPicture):
        make_review(product, photos=[photo_file(), bad])

    assert (Review.objects.count(), ReviewPhoto.objects.count(), sums(product)) == (0, 0, (0, 0))


def test_the_seventh_photo_is_refused_and_an_edit_exchanges_photos() -> None:
    review = make_review(photos=[photo_file(seed) for seed in range(settings.REVIEW_PHOTOS)])
    first = review.photos.order_by("position").first()
    assert first is not None

    with pytest.raises(TooManyReviewPhotos):
        edit(review, details=Details(photos=[photo_file(9)]))
    edit(review, details=Details(photos=[photo_file(9)]), drop_photos=[first.pk])

    assert review.photos.exclude(status="withdrawn").count() == settings.REVIEW_PHOTOS


def test_names_are_masked_and_languages_are_told_by_their_letters() -> None:
    assert [masked(name) for name in ("Lin Xiaoyu", "李娜", "Q", " ")] == ["L***u", "李***娜", "Q***", "***"]
    assert [language_of(text, "en") for text in ("很好，size M 合适", "Nice", "👍", "")] == ["zh-hans", "en", "en", "en"]


def test_a_review_of_nobody_is_not_found() -> None:
    with pytest.raises(ReviewNotFound):
        withdraw_review(review_id=uuid7(), user_id=make_user().pk, at=NOW)
