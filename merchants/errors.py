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


class HolidayNotFound(DomainError):
    code = "holiday_not_found"
    message = _("This holiday does not exist, or it has ended.")
    status = 404


class HolidayInvalid(DomainError):
    code = "holiday_invalid"
    message = _("A holiday begins today or later, within a year, ends on the same day or later, and lasts at most %(most)s days.")
    status = 422


class HolidayKnown(DomainError):
    code = "holiday_known"
    message = _("A holiday is planned or running already. End it first.")


class ShopNotSelling(DomainError):
    code = "shop_not_selling"
    message = _("This shop is suspended or closed.")


class ShopStillBusy(DomainError):
    code = "shop_still_busy"
    message = _("The shop cannot be closed yet: %(reasons)s.")


class ShopGone(DomainError):
    code = "shop_gone"
    message = _("%(shop)s has closed for good.")
    status = 410


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


class ApplicationNotFound(DomainError):
    code = "application_not_found"
    message = _("This application does not exist.")
    status = 404


class ApplicationClosed(DomainError):
    code = "application_closed"
    message = _("This application cannot be changed now: it was sent or decided.")


class ApplicationIncomplete(DomainError):
    code = "application_incomplete"
    message = _("Something is still missing. The checklist says what.")
    status = 422


class ApplicationInvalid(DomainError):
    code = "application_invalid"
    message = _("This cannot be kept: %(field)s.")
    status = 422


class ApplicationKindRefused(DomainError):
    code = "application_kind_refused"
    message = _("Choose what kind of seller you are.")
    status = 422


class ReasonMissing(DomainError):
    code = "reason_missing"
    message = _("Say why, in at most 1,000 characters.")
    status = 422


class DocumentNotFound(DomainError):
    code = "document_not_found"
    message = _("This document does not exist.")
    status = 404


class DocumentRefused(DomainError):
    code = "document_refused"
    message = _("This file cannot be taken. A PDF without programs or files inside, a JPEG or a PNG, at most 10 MB.")
    status = 422


class DocumentExpired(DomainError):
    code = "document_expired"
    message = _("This document is not valid any more. Add one that is.")
    status = 422


class DocumentKnown(DomainError):
    code = "document_known"
    message = _("This file is there already.")


class DocumentsTooMany(DomainError):
    code = "documents_too_many"
    message = _("At most %(most)s documents can be kept.")


class InvitationNotFound(DomainError):
    code = "team_invitation_not_found"
    message = _("There is no such open invitation.")
    status = 404


class InvitationInvalid(DomainError):
    code = "team_invitation_invalid"
    message = _("Please give an e-mail address and a role.")
    status = 422


class InvitationNotUsable(DomainError):
    code = "team_invitation_not_usable"
    message = _("This invitation was used or withdrawn, or is too old. Ask the shop for a new one.")


class InvitationForAnother(DomainError):
    code = "team_invitation_for_another"
    message = _("This invitation is for another address. Sign out, then sign in or sign up with the address that got the mail.")
    status = 403


class MemberKnown(DomainError):
    code = "member_known"
    message = _("%(email)s belongs to the team already.")


class AlreadyInTeam(DomainError):
    code = "already_in_team"
    message = _("Nobody works for two shops here. Whoever works for one already has to leave its team first.")


class RoleNotYours(DomainError):
    code = "role_not_yours"
    message = _("Only owners make somebody an owner, or change or remove one.")
    status = 403


class ViewingReasonMissing(DomainError):
    code = "viewing_reason_missing"
    message = _("Say why you look at this shop.")
    status = 422


class TeamFull(DomainError):
    code = "team_full"
    message = _("A team has at most %(most)s people and open invitations.")


class ViolationNotFound(DomainError):
    code = "violation_not_found"
    message = _("This violation does not exist.")
    status = 404


class ViolationInvalid(DomainError):
    code = "violation_invalid"
    message = _("Say which rule, why in at most 2,000 characters, and 1 to 48 points.")
    status = 422


class PenaltyInvalid(DomainError):
    code = "penalty_invalid"
    message = _("A penalty is nothing or more, and not that much.")
    status = 422


class AppealTooLate(DomainError):
    code = "appeal_too_late"
    message = _("The 14 days for an appeal are over.")
