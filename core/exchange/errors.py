from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class CurrencyNotOffered(DomainError):
    code = "currency_not_offered"
    message = _("Prices in %(currency)s are not offered at the moment. Please choose another currency.")


class RateInvalid(DomainError):
    """`row` is the line of a file, or what was typed."""

    code = "rate_invalid"
    message = _("“%(row)s” is not an exchange rate of two different currencies, above zero and not of a day to come.")
    status = 422


class RateKnown(DomainError):
    code = "rate_known"
    message = _("%(base)s to %(quote)s on %(on)s is %(known)s already. Rates are never changed: enter the right one for the next day.")


class RateImplausible(DomainError):
    code = "rate_implausible"
    message = _("%(base)s to %(quote)s would go from %(known)s to %(rate)s. If that is right, say that you have checked it.")
    status = 422
