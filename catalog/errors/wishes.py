"""Refusals about wish lists and notices."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class WishListNotFound(DomainError):
    code = "wish_list_not_found"
    message = _("This wish list does not exist, or its owner no longer shares it.")
    status = 404


class WishNotFound(DomainError):
    code = "wish_not_found"
    message = _("This is no longer on your wish list.")
    status = 404


class WishListFull(DomainError):
    code = "wish_list_full"
    message = _("A wish list holds at most %(most)s items. Please take something out first.")


class TooManyWishLists(DomainError):
    code = "too_many_wish_lists"
    message = _("You can keep at most %(most)s wish lists.")


class WishListNameMissing(DomainError):
    code = "wish_list_name_missing"
    message = _("Give the list a name of 1 to 60 characters.")
    status = 422


class WishListNeeded(DomainError):
    code = "wish_list_needed"
    message = _("Your first wish list stays; take out what you no longer want.")


class AlertAddressMissing(DomainError):
    code = "alert_address_missing"
    message = _("Which e-mail address shall we write to?")
    status = 422


class TooManyAlerts(DomainError):
    code = "too_many_alerts"
    message = _("You wait for many things already. Please try again tomorrow.")
    status = 429


class AlertNotFound(DomainError):
    code = "alert_not_found"
    message = _("This notice was sent or switched off already.")
    status = 404
