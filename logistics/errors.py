"""What logistics refuses."""

import uuid

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class OutOfStock(DomainError):
    """`variant_id` is the variant that is short, `available` how many of it could still be had, in pieces."""

    code = "out_of_stock"
    message = _("Not enough in stock: %(available)s left.")

    def __init__(self, *, variant_id: uuid.UUID, available: int) -> None:
        self.variant_id = variant_id
        self.available = available
        super().__init__(variant_id=str(variant_id), available=available)


class ReservationLost(DomainError):
    """The goods of this purchase are not held any more: the reservation has expired or was released."""

    code = "reservation_lost"
    message = _("These goods are not reserved any more.")


class StockBelowReserved(DomainError):
    code = "stock_below_reserved"
    message = _("%(reserved)s pieces are promised to orders; the stock cannot be less than that.")


class InvalidQuantity(DomainError):
    code = "invalid_quantity"
    message = _("Enter a whole number between %(lowest)s and %(highest)s.")
    status = 400


class WrongMerchant(DomainError):
    """A variant and a warehouse, or a row and the person asking for it, belong to different merchants."""

    code = "wrong_merchant"
    message = _("This warehouse belongs to another merchant.")
    status = 400


class NotFound(DomainError):
    code = "not_found"
    message = _("There is nothing here.")
    status = 404


class NothingToShip(DomainError):
    code = "nothing_to_ship"
    message = _("There is nothing to ship in this order.")


class TrackingUsed(DomainError):
    code = "tracking_used"
    message = _("Another parcel of this order has this tracking number. Each parcel needs its own.")


class MoreThanDue(DomainError):
    """`variant_id` is what was to be sent in more pieces than are left, `due` how many are left."""

    code = "more_than_due"
    message = _("Only %(due)s pieces of this article are still to be sent.")

    def __init__(self, *, variant_id: uuid.UUID, due: int) -> None:
        self.variant_id = variant_id
        self.due = due
        super().__init__(variant_id=str(variant_id), due=due)


class InvalidTracking(DomainError):
    code = "invalid_tracking"
    message = _("Enter the carrier and the tracking number, at most 60 characters each.")
    status = 400


class InvalidRate(DomainError):
    code = "invalid_rate"
    message = _("A shipping rate cannot be negative.")
    status = 400
