from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class AddressNotFound(DomainError):
    code = "address_not_found"
    message = _("This address is not in your address book.")
    status = 404


class AddressInvalid(DomainError):
    code = "address_invalid"
    message = _("Please check the %(field)s.")
    status = 422


class AddressBookFull(DomainError):
    code = "address_book_full"
    message = _("An address book holds at most %(limit)s addresses.")


class LanguageUnknown(DomainError):
    code = "language_unknown"
    message = _("This language is not offered.")
    status = 422


class NameInvalid(DomainError):
    code = "name_invalid"
    message = _("A name has at most 100 characters.")
    status = 422
