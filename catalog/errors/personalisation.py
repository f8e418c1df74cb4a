"""Refusals about goods made to order."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class PersonalisationInvalid(DomainError):
    code = "personalisation_invalid"
    message = _("At most %(most)s texts can be asked for, each with a label of 1 to 60 characters and 1 to 200 characters for the answer.")
    status = 422


class NotMadeToOrder(DomainError):
    code = "not_made_to_order"
    message = _("A digital product is not made to order and asks for no texts.")
    status = 422


class PersonalTextInvalid(DomainError):
    """`params["key"]` is the field that is wrong."""

    code = "personal_text_invalid"
    message = _("Please check “%(label)s”.")
    status = 422


class AnswerMissing(PersonalTextInvalid):
    code = "answer_missing"
    message = _("Please fill in “%(label)s”.")


class AnswerTooLong(PersonalTextInvalid):
    code = "answer_too_long"
    message = _("“%(label)s” can have at most %(most)s characters.")


class AnswerUnreadable(PersonalTextInvalid):
    code = "answer_unreadable"
    message = _("“%(label)s” has to be one line without control characters.")
