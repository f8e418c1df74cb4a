"""Refusals about questions and answers."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class QuestionNotFound(DomainError):
    code = "question_not_found"
    message = _("This question does not exist or is no longer shown.")
    status = 404


class QuestionInvalid(DomainError):
    code = "question_invalid"
    message = _("A question needs 4 to 300 characters.")
    status = 422


class TooManyQuestions(DomainError):
    code = "too_many_questions"
    message = _("You have asked a lot today. Please go on tomorrow.")
    status = 429


class AnswerInvalid(DomainError):
    code = "answer_invalid"
    message = _("An answer needs 1 to 1,000 characters; the shop's may hold no links and contact details.")
    status = 422


class AlreadyAnswered(DomainError):
    code = "already_answered"
    message = _("You have answered this question already.")
