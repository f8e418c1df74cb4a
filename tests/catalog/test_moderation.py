import pytest

from catalog.errors import AlreadyReported, OwnReport, SubjectNotFound
from catalog.models import ModerationItem, ProductCard, Report, Review
from catalog.selectors.reviews import rating_of, reviews_of
from catalog.services.moderation import decide, report
from catalog.services.reviews import add_later, edit_review, withdraw_review
from core.ids import uuid7
from core.invariants import violations
from core.models import OutboxEvent
from core.states import IllegalTransition, history
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_product
from tests.factories.reviews import make_review, photo_file

pytestmark = pytest.mark.django_db
OPERATOR = "operator:test"


def reported(review: Review, reason: str = "spam", **overrides: object) -> Report:
    fields = {"kind": "review", "subject_id": review.pk, "user_id": make_user().pk, "reason": reason, "at": NOW} | overrides
    return report(**fields)  # type: ignore[arg-type]


def decided(review: Review, *, hide: bool) -> ModerationItem:
    item = ModerationItem.objects.get(subject_id=review.pk)
    return decide(item_id=item.pk, hide=hide, actor=OPERATOR, reason="Advertising", at=NOW)


def test_reports_of_one_thing_gather_in_one_item() -> None:
    review = make_review()

    for reason in ("spam", "fake", "spam"):
        reported(review, reason)

    item = ModerationItem.objects.get()
    assert (item.status, item.reports_count, item.kind) == ("waiting", 3, "review")
    assert Review.objects.get().is_visible
    assert violations() == {}


def test_nobody_reports_twice_or_themselves_or_what_is_not_there() -> None:
    review, reader = make_review(), make_user()
    reported(review, user_id=reader.pk)

    with pytest.raises(AlreadyReported):
        reported(review, "fake", user_id=reader.pk)
    with pytest.raises(OwnReport):
        reported(review, user_id=review.user_id)
    for wrong in ({"subject_id": uuid7()}, {"kind": "photo"}, {"kind": "order"}, {"reason": "because"}):
        with pytest.raises(SubjectNotFound):
            reported(review, **wrong)  # type: ignore[arg-type]

    assert Report.objects.count() == 1
    assert ModerationItem.objects.get().reports_count == 1


def test_a_shop_reports_reviews_of_its_own_products_only() -> None:
    review = make_review()

    with pytest.raises(SubjectNotFound):
        reported(review, merchant_id=make_product().merchant_id)
    said = reported(review, merchant_id=review.product.merchant_id)

    assert said.by_merchant
    assert Review.objects.get().is_visible


def test_hiding_takes_a_review_out_of_page_sums_and_histogram_and_tells_its_author() -> None:
    product = make_product()
    kept, bad = make_review(product, stars=5), make_review(product, stars=1)
    reported(bad)

    decided(bad, hide=True)

    rating = rating_of(ProductCard.objects.get(pk=product.pk))
    assert (rating.stars, rating.count, rating.histogram[1]) == (5.0, 1, 0)
    assert reviews_of(product.pk).reviews == [kept]
    assert [(step.to_status, step.actor, step.reason) for step in history(bad)] == [("hidden", OPERATOR, "Advertising")]
    assert OutboxEvent.objects.filter(name="ModerationDecided").count() == 1
    assert violations() == {}


def test_keeping_leaves_everything_as_it_is_and_tells_nobody() -> None:
    review = make_review()
    reported(review)

    decided(review, hide=False)

    assert ModerationItem.objects.get().status == "kept"
    assert Review.objects.get().is_visible
    assert not OutboxEvent.objects.filter(name="ModerationDecided").exists()


def test_a_decision_can_be_turned_round_and_the_sums_come_back() -> None:
    review = make_review(stars=4)
    reported(review)
    decided(review, hide=True)

    decided(review, hide=False)

    card = ProductCard.objects.get(pk=review.product_id)
    assert (card.stars_sum, card.stars_count) == (4, 1)
    with pytest.raises(IllegalTransition):
        decided(review, hide=False)
    assert violations() == {}


def test_what_was_let_through_is_held_again_only_when_its_words_change() -> None:
    review = make_review(stars=3, text="See www.elsewhere.example")
    decided(review, hide=False)
    who = {"review_id": review.pk, "user_id": review.user_id, "language": "en", "at": NOW}

    edit_review(stars=5, text="See www.elsewhere.example", **who)  # type: ignore[arg-type]
    same = Review.objects.get().status
    edit_review(stars=5, text="See www.another.example", **who)  # type: ignore[arg-type]

    assert (same, Review.objects.get().status) == ("visible", "held")
    assert violations() == {}


def test_a_report_after_a_decision_brings_it_back_to_the_queue() -> None:
    review = make_review()
    reported(review)
    decided(review, hide=False)

    reported(review)

    item = ModerationItem.objects.get()
    assert (item.status, item.reports_count) == ("waiting", 2)


def test_a_held_review_counts_from_the_moment_it_is_let_through() -> None:
    review = make_review(stars=3, text="See www.elsewhere.example")

    decided(review, hide=False)

    card = ProductCard.objects.get(pk=review.product_id)
    assert (card.stars_sum, card.stars_count) == (3, 1)
    assert violations() == {}


def test_a_photo_or_an_addition_goes_and_its_review_stays() -> None:
    review = make_review(photos=[photo_file()])
    addition = add_later(review_id=review.pk, user_id=review.user_id, text="Broke.", language="en", photos=(), at=NOW)  # type: ignore[arg-type]
    photo = review.photos.get()
    for kind, subject in (("photo", photo.pk), ("addition", addition.pk)):
        reported(review, kind=kind, subject_id=subject)

    for item in ModerationItem.objects.all():
        decide(item_id=item.pk, hide=True, actor=OPERATOR, reason="A face", at=NOW)

    shown = reviews_of(review.product_id).reviews[0]
    assert shown.shown == []  # type: ignore[attr-defined]
    assert not shown.addition.is_visible
    assert ProductCard.objects.get(pk=review.product_id).stars_count == 1


def test_what_its_author_took_back_needs_no_decision() -> None:
    review = make_review(photos=[photo_file()])
    addition = add_later(review_id=review.pk, user_id=review.user_id, text="See www.a.example", language="en", photos=(), at=NOW)  # type: ignore[arg-type]
    reported(review, kind="photo", subject_id=review.photos.get().pk)
    reported(review)
    item = ModerationItem.objects.get(subject_id=review.pk)
    assert ModerationItem.objects.filter(subject_id=addition.pk).exists()
    withdraw_review(review_id=review.pk, user_id=review.user_id, at=NOW)  # type: ignore[arg-type]

    with pytest.raises(SubjectNotFound):
        decide(item_id=item.pk, hide=True, actor=OPERATOR, reason="", at=NOW)

    assert not ModerationItem.objects.exists()
