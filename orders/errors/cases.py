"""Refusals about after-sales cases and disputes."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class ReviewNotAllowed(DomainError):
    code = "review_not_allowed"
    message = _("You can review an item once its order is completed.")


class CaseNotFound(DomainError):
    code = "case_not_found"
    message = _("This case does not exist.")
    status = 404


class CaseNotPossible(DomainError):
    """The order is not at the point where this kind of case makes sense."""

    code = "case_not_possible"
    message = _("This is not possible for this order.")


class CaseTooLate(DomainError):
    code = "case_too_late"
    message = _("The time for this is over: it ended on %(until)s.")


class CaseWithoutLines(DomainError):
    code = "case_without_lines"
    message = _("Please choose at least one item.")
    status = 400


class QuantityClaimed(DomainError):
    """`most` is how many pieces of this line are in no other case."""

    code = "quantity_claimed"
    message = _("At most %(most)s of “%(title)s” can still be chosen.")


class TextMissing(DomainError):
    code = "text_missing"
    message = _("Please say why.")
    status = 400


class AmountNotAllowed(DomainError):
    """`most` is the highest amount as text."""

    code = "amount_not_allowed"
    message = _("Please give an amount from 0 to %(most)s.")
    status = 400


class TooManyPhotos(DomainError):
    code = "too_many_photos"
    message = _("At most %(most)s photos can be added.")
    status = 400


class EvidenceClosed(DomainError):
    code = "evidence_closed"
    message = _("The time to add something to this case is over.")


class CaseOpen(DomainError):
    """Somebody wants to complete an order about which a case is open."""

    code = "case_open"
    message = _("Case %(number)s is still open. Settle or withdraw it first.")


class CountsMissing(DomainError):
    code = "counts_missing"
    message = _("Please count and grade every item.")
    status = 400


class RefundExceedsLine(DomainError):
    code = "refund_exceeds_line"
    message = _("That is more than is left of this item or of shipping.")


class ExchangeNotPossible(DomainError):
    code = "exchange_not_possible"
    message = _("It can be exchanged for the same article, or for another version of it at the same price.")


class RefundNotFound(DomainError):
    code = "refund_not_found"
    message = _("Nothing was refunded for this.")
    status = 404


class NotBought(DomainError):
    code = "not_bought"
    message = _("Only people who received the item can answer questions about it.")
    status = 403


class DigitalNotReturnable(DomainError):
    code = "digital_not_returnable"
    message = _("“%(title)s” is a download and cannot be sent back, exchanged or repaired. Leave it out, or ask for the money.")


class BespokeNotReturnable(DomainError):
    code = "bespoke_not_returnable"
    message = _("“%(title)s” was made for you, so it cannot be given back for a change of mind. If something is wrong with it, say what.")
