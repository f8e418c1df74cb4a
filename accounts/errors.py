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


class CompanyNotFound(DomainError):
    code = "company_not_found"
    message = _("You do not buy for a company.")
    status = 404


class CompanyInvalid(DomainError):
    code = "company_invalid"
    message = _("Please check the %(field)s.")
    status = 422


class CompanyKnown(DomainError):
    code = "company_known"
    message = _("A company with this tax number has an account already. Ask its administrators for an invitation.")


class AlreadyInCompany(DomainError):
    code = "already_in_company"
    message = _("You buy for a company already. Leave it first.")


class NotCompanyAdministrator(DomainError):
    code = "not_company_administrator"
    message = _("Only administrators of your company can do this.")
    status = 403


class LastAdministrator(DomainError):
    code = "last_administrator"
    message = _("A company needs an administrator. Make somebody else one first.")


class InvitationInvalid(DomainError):
    code = "invitation_invalid"
    message = _("Please give an e-mail address and a role.")
    status = 422


class InvitationNotUsable(DomainError):
    code = "invitation_not_usable"
    message = _("This invitation is for another address, was used or withdrawn, or is too old. Ask your colleague for a new one.")


class ColleagueKnown(DomainError):
    code = "colleague_known"
    message = _("%(email)s buys for your company already.")


class CompanyFull(DomainError):
    code = "company_full"
    message = _("A company has at most %(most)s people and invitations.")


class ColleagueNotFound(DomainError):
    code = "colleague_not_found"
    message = _("There is no such colleague or invitation.")
    status = 404
