"""Refusals about price lists and trade prices."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class PriceListNotFound(DomainError):
    code = "price_list_not_found"
    message = _("This price list does not exist.")
    status = 404


class PriceListInvalid(DomainError):
    code = "price_list_invalid"
    message = _("A price list needs a name of its own, a currency of the shop, and must not end before it begins.")
    status = 422


class PriceListRowsInvalid(DomainError):
    """`problems` says of each row that cannot be kept why."""

    code = "price_list_rows_invalid"
    message = _("Nothing was changed: %(count)s rows cannot be used. %(first)s")
    status = 422


class TradeAccountNotFound(DomainError):
    code = "trade_account_not_found"
    message = _("There is no such request for trade prices.")
    status = 404


class TradeAccountKnown(DomainError):
    code = "trade_account_known"
    message = _("Your company has asked this shop already, or has its trade prices.")


class TradeMessageTooLong(DomainError):
    code = "trade_message_too_long"
    message = _("At most 1,000 characters, please.")
    status = 422


class TooManyTradeRequests(DomainError):
    code = "too_many_trade_requests"
    message = _("At most %(most)s requests of a company wait for an answer at a time.")


class CompanyNumberUnknown(DomainError):
    code = "company_number_unknown"
    message = _("No company has this number.")
    status = 422


class CompanyHasAccount(DomainError):
    code = "company_has_account"
    message = _("This company has your trade prices, an offer of them, or waits for your answer.")
