from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import Answer, AnswerVote, Question
from catalog.services.questions import answer_question, ask_question
from orders.services.questions import answer_as_buyer
from tests.drain import drain
from tests.factories.accounts import make_user
from tests.factories.catalog import NOW, make_product
from tests.walkthrough import order_up_to

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"


def signed_in(user: Any = None) -> tuple[Client, Any]:
    client, person = Client(), user or make_user()
    client.force_login(person)
    return client, person


def asked(text: str = "Is it washable?", product: Any = None) -> Question:
    return ask_question(product_id=(product or make_product()).pk, user_id=make_user().pk, author="L***a", text=text, language="en", at=NOW)


def test_a_member_asks_and_is_shown_what_was_asked_already_first() -> None:
    question = asked()
    reader, _user = signed_in()
    url = f"/p/{question.product.slug}/questions/"

    warned = reader.post(url, {"text": "Is this washable?"})
    count = Question.objects.count()
    sent = reader.post(url, {"text": "Is this washable?", "anyway": "1"}, follow=True)

    assert "asked already" in warned.text
    assert "Is this washable?" in warned.text
    assert count == 1
    assert "Your question is there." in sent.text
    assert "Is this washable?" in Client().get(f"/p/{question.product.slug}/").text


def test_guests_read_and_sign_in_to_ask_answer_or_vote(client: Client) -> None:
    question = asked()
    answer = answer_question(question_id=question.pk, user_id=make_user().pk, author="W***g", text="Yes.", language="en", at=NOW)
    base = f"/p/{question.product.slug}/questions/"

    answers = [
        client.post(base, {"text": "Is it?"}),
        client.post(f"{base}{question.pk}/", {"text": "Yes"}),
        client.post(f"/answers/{answer.pk}/helpful/"),
    ]

    assert "Yes." in client.get(f"{base}{question.pk}/").text
    assert all(sent["Location"].startswith("/sign-in/?next=/p/") for sent in answers)
    assert (Question.objects.count(), Answer.objects.count(), AnswerVote.objects.count()) == (1, 1, 0)


def test_a_buyer_answers_and_whoever_asked_gets_mail() -> None:
    from support.models import Mail

    buyer, user = signed_in()
    walk = order_up_to("completed", user=user)
    question = asked(product=walk.order.lines.get().product)
    url = f"/p/{question.product.slug}/questions/{question.pk}/"

    empty = buyer.post(url, {"text": ""})
    sent = buyer.post(url, {"text": "Yes, by hand."}, follow=True)
    drain()

    assert empty.status_code == 422
    assert "Has bought it" in sent.text
    (mail,) = Mail.objects.filter(kind="question_answered")
    assert question.user
    assert mail.to == question.user.email
    assert "Yes, by hand." in mail.text


def test_somebody_who_did_not_buy_it_is_told_so() -> None:
    question = asked()
    reader, _user = signed_in()

    answer = reader.post(f"/p/{question.product.slug}/questions/{question.pk}/", {"text": "Maybe"})

    assert answer.status_code == 403
    assert "Maybe" in answer.text
    assert not Answer.objects.exists()


def test_questions_and_answers_are_inert_and_searched_without_harm(client: Client) -> None:
    user = make_user()
    walk = order_up_to("completed", user=user)
    product = walk.order.lines.get().product
    question = asked(f"Is it {SCRIPT}?", product)
    answer_as_buyer(question_id=question.pk, user_id=user.pk, text=SCRIPT, language="en", at=NOW)
    base = f"/p/{product.slug}/questions/"

    pages = [client.get(path).text for path in (base, f"{base}{question.pk}/", f"/p/{product.slug}/", f"{base}?q=alert")]
    strange = {client.get(base, {"q": word}).status_code for word in ("'; drop", "\x00", "&|!:*", SCRIPT, "机洗")}

    assert not any(SCRIPT in page for page in pages)
    assert all("&lt;script&gt;" in page for page in pages)
    assert strange == {200}


@pytest.mark.parametrize(
    "words", ["\x00\x00\x00\x00", "\ud800 and more", "x" * 400, " \t\n ", "'; DROP TABLE", "\u202eevil words", "𝕏𝕏𝕏𝕏", "&|!:*()"]
)
def test_strange_words_are_a_question_or_a_refusal_and_never_break(words: str) -> None:
    reader, _user = signed_in()
    product = make_product()

    answer = reader.post(f"/p/{product.slug}/questions/", {"text": words.encode("utf-8", "surrogatepass")})

    assert answer.status_code in {302, 422}
    assert Question.objects.count() == (answer.status_code == 302)


def test_pages_that_are_not_there_are_not_found(client: Client) -> None:
    question = asked()
    other = make_product()

    paths = [f"/p/{other.slug}/questions/{question.pk}/", f"/p/{other.slug}/questions/?page=2", f"/p/{other.slug}/questions/?page=x"]

    assert {client.get(path).status_code for path in paths} == {404}


def test_pages_of_questions_do_not_grow_in_queries(client: Client, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    product, counts = make_product(), []
    for _ in range(2):
        for number in range(3):
            question = asked(f"Question {number} of some?", product)
            answer_question(question_id=question.pk, user_id=make_user().pk, author="W", text="Yes.", language="en", at=NOW)
        client.get(f"/p/{product.slug}/questions/")
        with django_assert_max_num_queries(10) as made:
            client.get(f"/p/{product.slug}/questions/")
        counts.append(len(made))

    assert counts[0] == counts[1]
