from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class MerchantNotFound(DomainError):
    code = "merchant_not_found"
    message = _("This shop does not exist.")
    status = 404


class MerchantInvalid(DomainError):
    code = "merchant_invalid"
    message = _("A shop needs a name of 1 to 80 characters and one of the known kinds.")
    status = 422


class MembershipNotFound(DomainError):
    code = "membership_not_found"
    message = _("This person does not belong to the team.")
    status = 404


class LastOwner(DomainError):
    code = "last_owner"
    message = _("A shop needs at least one owner.")


class ApiKeyNotFound(DomainError):
    code = "api_key_not_found"
    message = _("This API key does not exist.")
    status = 404


class ScopeUnknown(DomainError):
    code = "scope_unknown"
    message = _("Choose at least one of the known scopes.")
    status = 422


class OwnRole(DomainError):
    code = "own_role"
    message = _("You cannot take the owner's rights from yourself; another owner can.")


class CommissionRuleNotFound(DomainError):
    code = "commission_rule_not_found"
    message = _("This commission rule does not exist, or it was changed meanwhile.")
    status = 404


class CommissionRuleInvalid(DomainError):
    code = "commission_rule_invalid"
    message = _("Give a rate or a fee per piece, amounts in order and with their currency, and a position nothing else of the plan has.")
    status = 422


class ShopSlugTaken(DomainError):
    code = "shop_slug_taken"
    message = _("This address belongs, or belonged, to something else.")


class ShopSlugInvalid(DomainError):
    code = "shop_slug_invalid"
    message = _("The address of a shop needs letters or digits of the Latin alphabet, at most 60.")
    status = 422


class ViolationNotFound(DomainError):
    code = "violation_not_found"
    message = _("This violation does not exist.")
    status = 404


class ViolationInvalid(DomainError):
    code = "violation_invalid"
    message = _("Say which rule, why in at most 2,000 characters, and 1 to 48 points.")
    status = 422


class AppealTooLate(DomainError):
    code = "appeal_too_late"
    message = _("The 14 days for an appeal are over.")
