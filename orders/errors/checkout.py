"""Refusals about placing, paying and handing over orders."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class TooManyUnpaid(DomainError):
    code = "too_many_unpaid"
    message = _("You already have %(most)s unpaid orders. Please pay or cancel one of them first.")


class Busy(DomainError):
    """Too many people wanted the same rows at this moment; nothing has changed and the same call may be made again."""

    code = "busy"
    message = _("Many people are buying this right now. Please try again in a moment.")
    status = 503


class BondedLimitExceeded(DomainError):
    """More goods out of bond than the destination lets one purchase hold."""

    code = "bonded_limit_exceeded"
    message = _("Goods from a bonded warehouse may be worth at most %(limit)s in one purchase. Please order fewer of them at once.")


class DutiesUnseen(DomainError):
    """The country was changed after the sum was shown, and goods go over a border now."""

    code = "duties_unseen"
    message = _("Goods come from another country than your address. Please look at the import charges below and place the order again.")


class PointsNotAllowed(DomainError):
    code = "points_not_allowed"
    message = _("You can use at most %(most)s points here.")


class DueChanged(DomainError):
    code = "due_changed"
    message = _("What is left to pay is %(due)s now. Please check and place the order again.")


class CreditExceedsTotal(DomainError):
    code = "credit_exceeds_total"
    message = _("The credit is more than there is to pay. Please check the total again.")


class CheckoutNotFound(DomainError):
    code = "checkout_not_found"
    message = _("This order does not exist.")
    status = 404


class OrderNotFound(DomainError):
    code = "order_not_found"
    message = _("This order does not exist.")
    status = 404


class CheckoutExpired(DomainError):
    code = "checkout_expired"
    message = _("This order was not paid in time. Everything in it has been given back.")


class CheckoutCancelled(DomainError):
    code = "checkout_cancelled"
    message = _("This order has been cancelled.")


class CheckoutPaid(DomainError):
    code = "checkout_paid"
    message = _("This order is already paid.")


class CheckoutConfirmed(DomainError):
    code = "checkout_confirmed"
    message = _("This order is paid in cash on delivery.")


class CashNotOffered(DomainError):
    code = "cash_not_offered"
    message = _("This order cannot be paid in cash on delivery.")


class NotAtTheDoor(DomainError):
    code = "not_at_the_door"
    message = _("Only an order that is on its way and paid in cash can be refused at the door.")


class CashNotHandedOver(DomainError):
    code = "cash_not_handed_over"
    message = _("Nobody has paid this order yet: mark it as refused at the door, or as delivered first.")


class PartShipped(DomainError):
    code = "part_shipped"
    message = _("A part of this order is on its way. What is not sent yet can be given up and refunded.")


class PaymentDeclined(DomainError):
    code = "payment_declined"
    message = _("We cannot take a payment for this order. Nothing was charged. Please write to us if you think that this is a mistake.")
    status = 403


class CashDeclined(DomainError):
    code = "cash_declined"
    message = _("This order cannot be paid in cash at the door. Please choose another way to pay.")
    status = 403


class ExtraCheckNeeded(DomainError):
    code = "extra_check_needed"
    message = _("Before you pay, please confirm your e-mail address with the code we send you.")
    status = 403


class ReviewDecided(DomainError):
    code = "review_decided"
    message = _("This payment was decided about already.")


class PurchaseNumberInvalid(DomainError):
    code = "purchase_number_invalid"
    message = _("A purchase order number has at most %(most)s characters, all of them printable.")
    status = 422


class AddressNeeded(DomainError):
    code = "address_needed"
    message = _("Something in your cart is sent by parcel. Please say where to.")
    status = 422


class NotSentThere(DomainError):
    """None of the merchant's warehouses that have it sends to this address."""

    code = "not_sent_there"
    message = _("“%(title)s” is not sent to this address in %(country)s.")


class ConsentNeeded(DomainError):
    code = "consent_needed"
    message = _("Please agree that the digital goods are delivered at once and that your right to withdraw ends with the download.")
    status = 422
