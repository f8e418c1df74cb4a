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


class UnknownCarrier(DomainError):
    code = "unknown_carrier"
    message = _("There is no such carrier.")
    status = 404


class CarrierNotAvailable(DomainError):
    """The carrier of this choice takes no parcels now: switched off, or another merchant's."""

    code = "carrier_not_available"
    message = _("Choose one of your active carriers.")
    status = 400


class InvalidSignature(DomainError):
    code = "invalid_signature"
    message = _("The signature does not fit.")
    status = 400


class InvalidCarrierMessage(DomainError):
    """Signed, and still nothing that we can read; `problem` says what is wrong, for the carrier's programmers."""

    code = "invalid_carrier_message"
    message = _("This message cannot be read: %(problem)s")
    status = 400


class MessageTooLarge(DomainError):
    code = "message_too_large"
    message = _("A message of a carrier has at most %(most)s bytes.")
    status = 413


class MessageNotQuarantined(DomainError):
    code = "message_not_quarantined"
    message = _("This message is not in quarantine.")


class InvalidCarrier(DomainError):
    code = "invalid_carrier"
    message = _("A carrier needs a name and a code of small letters, digits and hyphens; its tracking page is https:// and has {number}.")
    status = 400


class CarrierSecretUnreadable(DomainError):
    code = "carrier_secret_unreadable"
    message = _("This secret cannot be read with the keys of this installation.")


class NotRecalled(DomainError):
    code = "not_recalled"
    message = _("The carrier does not turn this parcel around. Ask it yourself.")


class InvalidClaim(DomainError):
    code = "invalid_claim"
    message = _("A claim is at least nothing and at most what the parcel was worth.")


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


class InvalidDivisor(DomainError):
    code = "invalid_divisor"
    message = _("Between %(least)s and %(most)s cm³ can count as a kilogram.")
    status = 400


class InvalidDutyRate(DomainError):
    """A line of a table of duty rates that cannot be: `line` is which, counted from 1, `field` what."""

    code = "invalid_duty_rate"
    message = _("Line %(line)s: this cannot be: %(field)s.")
    status = 400


class InvalidPickupPoint(DomainError):
    """`field` is what of it cannot be."""

    code = "invalid_pickup_point"
    message = _("This store cannot offer pick-up like this: %(field)s.")
    status = 400


class InvalidSlot(DomainError):
    """`field` is what of it cannot be."""

    code = "invalid_slot"
    message = _("A delivery slot cannot be like this: %(field)s.")
    status = 400


class PickupNotOffered(DomainError):
    code = "pickup_not_offered"
    message = _("This store does not offer pick-up any more. Choose another way.")


class SlotNotOffered(DomainError):
    code = "slot_not_offered"
    message = _("This delivery time cannot be chosen any more. Choose another one.")


class SlotFull(DomainError):
    code = "slot_full"
    message = _("This delivery time has just been taken. Choose another one.")
