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


class NotServed(DomainError):
    """`variant_id` is there, but none of the warehouses it lies in sends to this address."""

    code = "not_served"
    message = _("This is not sent to your address.")

    def __init__(self, *, variant_id: uuid.UUID) -> None:
        self.variant_id = variant_id
        super().__init__(variant_id=str(variant_id))


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


class InvalidTracking(DomainError):
    code = "invalid_tracking"
    message = _("Enter the carrier and the tracking number, at most 60 characters each.")
    status = 400


class InvalidRate(DomainError):
    code = "invalid_rate"
    message = _("A shipping rate cannot be negative.")
    status = 400


class InvalidWarehouse(DomainError):
    """Something about a warehouse that cannot be: `field` is what."""

    code = "invalid_warehouse"
    message = _("This cannot be: %(field)s.")
    status = 400


class CodeTaken(DomainError):
    code = "code_taken"
    message = _("You have something with the code %(code)s already.")


class GoodsInvalid(DomainError):
    """A list of goods that cannot be worked with: empty, the same twice, or something that is no article of this merchant."""

    code = "goods_invalid"
    message = _("This list of goods does not work: %(sku)s.")
    status = 400


class SameWarehouse(DomainError):
    code = "same_warehouse"
    message = _("Goods are sent from one warehouse to another one.")
    status = 400


class NotEnoughHere(DomainError):
    code = "not_enough_here"
    message = _("There are not enough free pieces of %(sku)s in this warehouse: %(available)s.")


class MoreThanSent(DomainError):
    code = "more_than_sent"
    message = _("No more than %(most)s pieces of %(sku)s can arrive.")


class InvalidZone(DomainError):
    code = "invalid_zone"
    message = _("Say where this price counts: %(field)s.")
    status = 400
