"""Refusals about requests for a quotation."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class QuoteNotFound(DomainError):
    code = "quote_not_found"
    message = _("This price request does not exist.")
    status = 404


class QuoteInvalid(DomainError):
    code = "quote_invalid"
    message = _("A price above zero that can be charged, a day within a year from now, and at most 1,000 characters, please.")
    status = 422


class QuoteNotUsable(DomainError):
    code = "quote_not_usable"
    message = _("The agreed price of “%(title)s” is no longer good. Take it out of the cart, or ask for a new one.")


class QuoteNotOffered(DomainError):
    code = "quote_not_offered"
    message = _("“%(title)s” is made with your own words, piece by piece, so there is no other price to ask for.")


class QuoteFixed(DomainError):
    code = "quote_fixed"
    message = _("The price was agreed for exactly %(quantity)s pieces. Take them out, or ask for another price.")


class TooManyQuotes(DomainError):
    code = "too_many_quotes"
    message = _("%(most)s of your price requests wait already. Answer or withdraw one of them first.")
