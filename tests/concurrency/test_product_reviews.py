"""Reviews of products: whatever happens to one at the same moment, the card's sums are those of what is shown."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from django.db.models import F

from catalog.errors import AlreadyAnswered, AlreadyReported, AlreadyReviewed
from catalog.models import ModerationItem, ProductCard, Question, Review, ReviewVote
from catalog.services.moderation import decide, hide_directly, report
from catalog.services.questions import answer_question, ask_question, set_answer_helpful
from catalog.services.review_answers import set_helpful
from catalog.services.reviews import add_review, edit_review, withdraw_review
from core import invariants
from core.ids import uuid7
from tests.concurrency.orders_rig import race
from tests.concurrency.racing import deadlocks
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_product
from tests.factories.reviews import make_review

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


def test_a_form_sent_five_times_at_once_writes_one_review() -> None:
    product, line = make_product(), uuid7()
    fields = {
        "product_id": product.pk,
        "user_id": make_user().pk,
        "author": "L",
        "order_line": line,
        "text": "",
        "language": "en",
        "at": NOW,
    }

    outcomes = race(*[partial(add_review, stars=4, **fields)] * 5)

    assert sum(isinstance(outcome, AlreadyReviewed) for outcome in outcomes) == 4
    assert list(ProductCard.objects.values_list("stars_sum", "stars_count")) == [(4, 1)]
    assert invariants.violations() == {}


def test_an_edit_a_decision_and_a_deletion_at_once_count_a_review_once_or_not_at_all() -> None:
    before = deadlocks()
    for number in range(ROUNDS):
        review = make_review(stars=2)
        report(kind="review", subject_id=review.pk, user_id=make_user().pk, reason="spam", at=NOW)
        item = ModerationItem.objects.get(subject_id=review.pk)
        change = {"review_id": review.pk, "user_id": review.user_id, "language": "en", "at": NOW}
        text = "Call 138 0013 8000" if number % 2 else "Better."
        hide = partial(decide, item_id=item.pk, hide=True, actor="operator:a", reason="spam", at=NOW)

        race(
            partial(edit_review, stars=5, text=text, **change),
            hide,
            partial(edit_review, stars=4, text="Good.", **change),
            partial(withdraw_review, review_id=review.pk, user_id=review.user_id, at=NOW),
        )

        card = ProductCard.objects.get(pk=review.product_id)
        assert (card.stars_sum, card.stars_count) == (0, 0)
        assert invariants.violations() == {}
    assert deadlocks() == before


def test_two_votes_of_one_member_and_others_at_once_count_one_each() -> None:
    review = make_review()
    readers = [make_user() for _ in range(4)]

    race(*[partial(set_helpful, review_id=review.pk, user_id=reader.pk, is_helpful=True, at=NOW) for reader in readers * 2])

    assert (Review.objects.get().helpful_count, ReviewVote.objects.count()) == (4, 4)
    assert invariants.violations() == {}


def test_reports_at_once_make_one_item_and_one_report_each() -> None:
    review = make_review()
    readers = [make_user() for _ in range(3)]

    outcomes = race(
        *[partial(report, kind="review", subject_id=review.pk, user_id=reader.pk, reason="spam", at=NOW) for reader in readers * 2]
    )

    assert sum(isinstance(outcome, AlreadyReported) for outcome in outcomes) == 3
    assert ModerationItem.objects.get().reports_count == 3
    assert invariants.violations() == {}


def test_answers_of_shop_and_members_and_a_decision_at_once_are_counted_as_shown() -> None:
    before = deadlocks()
    for _ in range(ROUNDS):
        product, asker, member = make_product(), make_user(), make_user()
        fields = {"language": "en", "at": NOW}
        question = ask_question(product_id=product.pk, user_id=asker.pk, author="L", text="Is it warm?", **fields)
        answer = partial(answer_question, question_id=question.pk, author="S", **fields)
        first = answer(user_id=make_user().pk, text="Yes.", merchant_id=product.merchant_id)

        outcomes = race(
            partial(hide_directly, kind="answer", subject_id=first.pk, actor="operator:a", reason="spam", at=NOW),
            partial(answer, user_id=make_user().pk, text="Yes, it is.", merchant_id=product.merchant_id),
            partial(answer, user_id=member.pk, text="Mine is."),
            partial(answer, user_id=member.pk, text="Mine is, too."),
            partial(set_answer_helpful, answer_id=first.pk, user_id=asker.pk, is_helpful=True, at=NOW),
        )

        assert sum(isinstance(outcome, AlreadyAnswered) for outcome in outcomes) == 1
        assert Question.objects.get(pk=question.pk).answers_count == 1
        assert invariants.violations() == {}
    assert deadlocks() == before


def test_without_the_rows_lock_an_edit_and_a_hiding_count_a_review_that_is_hidden() -> None:
    """The control: an edit that has read the review as visible adds its difference although it is hidden by now."""
    review = make_review(stars=2)
    has_read, is_hidden = threading.Event(), threading.Event()

    def edit_unguarded() -> None:
        seen = Review.objects.get(pk=review.pk)
        has_read.set()
        is_hidden.wait(10)
        ProductCard.objects.filter(pk=seen.product_id).update(stars_sum=F("stars_sum") + 5 - seen.stars)

    def hide_unguarded() -> None:
        has_read.wait(10)
        Review.objects.filter(pk=review.pk).update(status="hidden")
        ProductCard.objects.filter(pk=review.product_id).update(stars_sum=F("stars_sum") - 2, stars_count=F("stars_count") - 1)
        is_hidden.set()

    race(edit_unguarded, hide_unguarded)

    assert set(invariants.violations()) == {"invariant_card_stars"}
