import datetime as dt
import uuid

from django.db import transaction

from catalog.errors import QuestionNotFound
from catalog.models import Answer, Question
from catalog.rules.reviews import masked
from catalog.services.questions import answer_question
from orders.errors import NotBought
from orders.models import OrderLine
from orders.states import OrderStatus

RECEIVED = (OrderStatus.DELIVERED, OrderStatus.COMPLETED)


def bought_as(user_id: uuid.UUID, product_id: uuid.UUID) -> str | None:
    """The name under which a member bought and received a product; None where they did not."""
    lines = OrderLine.objects.filter(product_id=product_id, order__checkout__user_id=user_id, order__status__in=RECEIVED)
    name: str | None = lines.order_by("-pk").values_list("order__checkout__name", flat=True).first()
    return name


@transaction.atomic
def answer_as_buyer(*, question_id: uuid.UUID, user_id: uuid.UUID, text: str, language: str, at: dt.datetime) -> Answer:
    """A member who received a product answers a question about it.

    Raises:
        QuestionNotFound: there is no visible one.
        NotBought: the member has not received it.
        AnswerInvalid, AlreadyAnswered: the catalogue refuses it.
    """
    product_id = Question.objects.filter(pk=question_id).values_list("product_id", flat=True).first()
    if product_id is None:
        raise QuestionNotFound
    name = bought_as(user_id, product_id)
    if name is None:
        raise NotBought
    return answer_question(question_id=question_id, user_id=user_id, author=masked(name), text=text, language=language, at=at)
