import datetime as dt

import pytest

from catalog.errors import AlreadyAnswered, AnswerInvalid, OwnVote, ProductNotFound, QuestionInvalid, QuestionNotFound, TooManyQuestions
from catalog.models import Answer, ModerationItem, Product, Question
from catalog.selectors.questions import matching_questions, open_questions, questions_of, similar_questions, visible_question
from catalog.services.moderation import decide, hide_directly, report
from catalog.services.questions import MOST_A_DAY, answer_question, ask_question, set_answer_helpful
from core.ids import uuid7
from core.invariants import violations
from core.models import OutboxEvent
from orders.errors import NotBought
from orders.services.questions import answer_as_buyer
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_product
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db


def ask(product: Product | None = None, text: str = "Is it washable?", **overrides: object) -> Question:
    fields = {"user_id": make_user().pk, "author": "L***a", "language": "en", "at": NOW} | overrides
    return ask_question(product_id=(product or make_product()).pk, text=text, **fields)  # type: ignore[arg-type]


def answer(question: Question, text: str = "Yes, at 30 degrees.", **overrides: object) -> Answer:
    fields = {"user_id": make_user().pk, "author": "W***g", "language": "en", "at": NOW} | overrides
    return answer_question(question_id=question.pk, text=text, **fields)  # type: ignore[arg-type]


def test_the_shops_answer_stands_first_and_replaces_itself() -> None:
    question = ask()
    answer(question, "I think so.")
    for text in ("Yes.", "Yes, by hand."):
        answer(question, text, merchant_id=question.product.merchant_id)

    shown = visible_question(question.product_id, question.pk).shown  # type: ignore[attr-defined]

    assert [(row.text, row.by_merchant) for row in shown] == [("Yes, by hand.", True), ("I think so.", False)]
    assert Question.objects.get().answers_count == 2
    assert OutboxEvent.objects.filter(name="QuestionAnswered").count() == 2
    assert violations() == {}


@pytest.mark.parametrize("text", ["", "abc", "x" * 301, "   a   "])
def test_a_question_needs_some_words_and_not_too_many(text: str) -> None:
    with pytest.raises(QuestionInvalid):
        ask(text=text)

    assert not Question.objects.exists()


def test_questions_about_nothing_and_too_many_a_day_are_refused() -> None:
    user, product = make_user(), make_product()
    with pytest.raises(ProductNotFound):
        ask_question(product_id=uuid7(), user_id=user.pk, author="", text="Is it there?", language="en", at=NOW)
    for number in range(MOST_A_DAY):
        ask(product, f"Question number {number}?", user_id=user.pk)

    with pytest.raises(TooManyQuestions):
        ask(product, "One more?", user_id=user.pk)
    ask(product, "On the next day?", user_id=user.pk, at=NOW + dt.timedelta(days=1, minutes=1))

    assert Question.objects.count() == MOST_A_DAY + 1


def test_a_member_answers_once_and_another_shop_not_at_all() -> None:
    question, user = ask(), make_user()
    answer(question, user_id=user.pk)

    with pytest.raises(AlreadyAnswered):
        answer(question, "Again", user_id=user.pk)
    with pytest.raises(QuestionNotFound):
        answer(question, merchant_id=make_product().merchant_id)
    with pytest.raises(AnswerInvalid):
        answer(question, "Call 138 0013 8000", merchant_id=question.product.merchant_id)

    assert Answer.objects.count() == 1


def test_only_who_received_it_answers_as_a_buyer() -> None:
    user = make_user()
    walk = order_up_to("completed", user=user)
    question = ask(walk.order.lines.get().product)
    who = {"question_id": question.pk, "text": "It is.", "language": "en", "at": NOW}

    with pytest.raises(NotBought):
        answer_as_buyer(user_id=make_user().pk, **who)
    written = answer_as_buyer(user_id=user.pk, **who)

    assert written.author != walk.checkout.name
    assert "***" in written.author
    assert Answer.objects.count() == 1


def test_links_wait_and_are_shown_and_counted_when_let_through() -> None:
    question = ask(text="Is it on www.elsewhere.example?")
    with pytest.raises(QuestionNotFound):
        answer(question)
    decide(item_id=ModerationItem.objects.get().pk, hide=False, actor="operator:test", reason="", at=NOW)

    held = answer(question, "Call 138 0013 8000")
    counted = Question.objects.get().answers_count
    decide(item_id=ModerationItem.objects.get(subject_id=held.pk).pk, hide=False, actor="operator:test", reason="", at=NOW)

    assert counted == 0
    assert Question.objects.get().answers_count == 1
    assert violations() == {}


def test_a_hidden_answer_is_not_counted_and_a_hidden_question_not_listed() -> None:
    question = ask()
    row = answer(question)
    report(kind="answer", subject_id=row.pk, user_id=make_user().pk, reason="spam", at=NOW)

    hide_directly(kind="answer", subject_id=row.pk, actor="operator:test", reason="spam", at=NOW)
    after = Question.objects.get().answers_count
    hide_directly(kind="question", subject_id=question.pk, actor="operator:test", reason="spam", at=NOW)

    assert after == 0
    assert questions_of(question.product_id).questions == []
    assert violations() == {}


def test_votes_put_the_better_answer_in_front_and_nobody_votes_for_their_own() -> None:
    question = ask()
    first, second = answer(question, "First"), answer(question, "Second")
    reader = make_user()
    for _ in range(2):
        set_answer_helpful(answer_id=second.pk, user_id=reader.pk, is_helpful=True, at=NOW)
    with pytest.raises(OwnVote):
        set_answer_helpful(answer_id=first.pk, user_id=first.user_id, is_helpful=True, at=NOW)  # type: ignore[arg-type]

    shown = visible_question(question.product_id, question.pk).shown  # type: ignore[attr-defined]

    assert shown == [second, first]
    assert shown[0].helpful_count == 1
    assert violations() == {}


def test_what_was_asked_already_is_found_by_its_words_in_either_language() -> None:
    product = make_product()
    washable = ask(product, "Can I wash it in the machine?")
    chinese = ask(product, "这个可以机洗吗？")
    ask(product, "How heavy is the parcel?")
    ask(make_product(), "Can I wash it in the machine?")

    assert similar_questions(product.pk, "can I machine wash this?") == [washable]
    assert similar_questions(product.pk, "可以机洗么") == [chinese]
    assert similar_questions(product.pk, "Does it come in blue?") == []
    assert similar_questions(product.pk, "?!") == []
    assert matching_questions(product.pk, "machine") == [washable]


def test_the_shops_inbox_holds_what_it_has_not_answered() -> None:
    product = make_product()
    mine, other = ask(product), ask(product, "Is it heavy?")
    answer(mine)
    answer(other, merchant_id=product.merchant_id)

    assert list(open_questions(product.merchant_id)) == [mine]
