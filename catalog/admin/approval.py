"""Proposed changes: the merchant's own, and the operator's inbox of all."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.differences import differences
from catalog.models import Proposal
from catalog.services import approval
from core.backoffice.actions import ActionVariant, ReasonForm, object_action
from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import column, label, status_column
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.permissions import Duty

PENDING = Proposal.Status.PENDING


def is_pending(row: Proposal) -> bool:
    return row.status == PENDING


def freshness(row: Proposal) -> Any:
    """Whether the product is still what it was when this was proposed."""
    if not is_pending(row):
        return "–"
    return label(_("changed since"), "danger") if approval.stale_fields(row) else label(_("up to date"), "success")


@admin.register(Proposal, site=merchant_site)
class MerchantProposalAdmin(MerchantModelAdmin):
    """What was sent in, and what became of it."""

    duty = Duty.PRODUCTS
    list_display = ["title", "state", "reason", "created_at", "decided_at"]
    list_filter = ["status"]
    list_select_related = ["product"]
    search_fields = ["product__title"]
    ordering = ["-created_at"]
    fields = ["title", "state", "what", "reason", "created_at", "decided_at"]
    actions_detail = ["withdraw"]
    title = column(lambda self, row: row.product.text("title"), _("product"))
    state = status_column(_("status"))
    what = column(lambda self, row: differences(row), _("changes"))

    @object_action(
        description=_("Withdraw"),
        text=_("The product stays as it is."),
        done=_("The change was withdrawn."),
        icon="undo",
        when=is_pending,
    )
    def withdraw(self, request: HttpRequest, form: Any, row: Proposal) -> None:
        approval.withdraw_proposal(proposal_id=row.pk, actor=self.actor(request), at=now())


@admin.register(Proposal)
class ProposalAdmin(ConsoleAdmin):
    """The operator's inbox: what differs, and a decision."""

    list_display = ["title", "merchant", "state", "fresh", "created_at", "decided_at"]
    list_filter = ["status", "merchant"]
    list_select_related = ["product", "merchant"]
    search_fields = ["product__title", "merchant__name"]
    ordering = ["-created_at"]
    fields = ["title", "merchant", "state", "fresh", "what", "reason", "created_at", "decided_at"]
    actions_detail = ["accept", "reject"]
    title = column(lambda self, row: row.product.text("title"), _("product"))
    state = status_column(_("status"))
    fresh = column(lambda self, row: freshness(row), _("up to date"))
    what = column(lambda self, row: differences(row), _("changes"))

    @object_action(
        description=_("Accept"),
        text=_("Shoppers see the new texts at once."),
        done=_("The product was changed."),
        icon="check",
        variant=ActionVariant.PRIMARY,
        when=lambda row: is_pending(row) and not approval.stale_fields(row),
    )
    def accept(self, request: HttpRequest, form: Any, row: Proposal) -> None:
        approval.accept_proposal(proposal_id=row.pk, actor=actor_of(request, "operator"), at=now())

    @object_action(
        description=_("Reject"),
        text=_("The product stays as it is, and the shop is told why."),
        done=_("The change was rejected."),
        form_class=ReasonForm,
        icon="close",
        variant=ActionVariant.DANGER,
        when=is_pending,
    )
    def reject(self, request: HttpRequest, form: Any, row: Proposal) -> None:
        approval.reject_proposal(proposal_id=row.pk, actor=actor_of(request, "operator"), reason=form.cleaned_data["reason"], at=now())
