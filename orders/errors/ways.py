"""Refusals about the way in which an order reaches its shopper."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NotAtStore(DomainError):
    """The store that was chosen, or the warehouse of a delivery slot, does not have all of it any more."""

    code = "not_at_store"
    message = _("%(store)s does not have enough of “%(title)s” any more: %(available)s left. Choose another way for these goods.")


class PickedUpInStore(DomainError):
    code = "picked_up_in_store"
    message = _("The shopper picks this order up in the store. It leaves with the code, under Pick-ups.")


class PickupNotFound(DomainError):
    code = "pickup_not_found"
    message = _("There is no such pick-up.")
    status = 404


class PickupNotPaid(DomainError):
    code = "pickup_not_paid"
    message = _("This order cannot be put aside: it is not paid, or has ended.")


class PickupCodeWrong(DomainError):
    code = "pickup_code_wrong"
    message = _("No order waits here under this code. Ask the shopper to open the order and show it again.")
    status = 422


class PickupCodeExpired(DomainError):
    code = "pickup_code_expired"
    message = _("This code has expired: the goods were kept long enough and go back on sale.")


class TooManyPickupCodes(DomainError):
    code = "too_many_pickup_codes"
    message = _("Too many wrong codes. Try again in a minute.")
    status = 429
