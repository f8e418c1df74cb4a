"""What the desk refuses before any order is touched."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NothingChosen(DomainError):
    code = "nothing_chosen"
    message = _("Choose at least one order that is to be sent.")
    status = 422


class NotReadable(DomainError):
    code = "not_readable"
    message = _("This is no text that can be read: save it as CSV, in UTF-8 or GBK.")
    status = 422


class TooLong(DomainError):
    code = "too_long"
    message = _("At most %(most)s rows at a time, please.")
    status = 422


class NoRows(DomainError):
    code = "no_rows"
    message = _("There are no rows in it.")
    status = 422


class UnknownOrder(DomainError):
    code = "unknown_order"
    message = _("There is no order %(number)s of yours.")
    status = 422


class NotToShip(DomainError):
    code = "not_to_ship"
    message = _("Order %(number)s is not to be sent: %(status)s.")
    status = 422


class WrongItem(DomainError):
    code = "wrong_item"
    message = _("Wrong item: %(code)s is not in this order.")
    status = 422


class TooManyPieces(DomainError):
    code = "too_many_pieces"
    message = _("Too many: only %(due)s of %(code)s belong in this parcel.")
    status = 422


class NotCounted(DomainError):
    code = "not_counted"
    message = _("Scan what goes into the parcel first.")
    status = 422


class NumberIsMade(DomainError):
    code = "number_is_made"
    message = _("%(carrier)s gives the number itself: press Enter without one.")
    status = 422


class NoTrackingNumber(DomainError):
    code = "no_tracking_number"
    message = _("%(code)s is no tracking number: it is 3 to 60 letters, digits, spaces, dots, slashes and hyphens.")
    status = 422


class NoWarehouse(DomainError):
    code = "no_warehouse"
    message = _("These orders wait in several warehouses. Choose the one the wave is picked in.")
    status = 422


class UnknownTote(DomainError):
    code = "unknown_tote"
    message = _("There is no tote and no order %(code)s in this wave.")
    status = 422


class NothingAbroad(DomainError):
    code = "nothing_abroad"
    message = _("None of these parcels crosses a border, so none needs a customs declaration.")
    status = 422
