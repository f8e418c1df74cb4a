"""Refusals about changes the operator must approve."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class ApprovalNeeded(DomainError):
    code = "approval_needed"
    message = _("The marketplace looks at this shop's goods before they change. Send it in, or take the product back to draft first.")


class NothingToApprove(DomainError):
    code = "nothing_to_approve"
    message = _("This product does not wait for approval.")


class ProposalNotFound(DomainError):
    code = "proposal_not_found"
    message = _("This proposed change does not exist.")
    status = 404


class ProposalStale(DomainError):
    code = "proposal_stale"
    message = _("The product has changed since this was proposed. Reject it, so that the shop can propose it anew.")
