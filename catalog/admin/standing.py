"""How a merchant's product stands with the operator."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _

from catalog.models import Product, Proposal
from core.backoffice.display import label, moment, status_label
from core.states import history


def said_by_operator(row: Product) -> Any:
    """Why it came back, or what became of the last change that was proposed; a dash for nothing."""
    if not row.pk or row._state.adding:
        return "–"
    if row.status == Product.Status.DRAFT:
        moves = history(row).filter(to_status=Product.Status.DRAFT, from_status=Product.Status.PENDING, actor__startswith="operator:")
        last = moves.last()
        return format_html("{} {}", label(_("Returned"), "danger"), last.reason) if last else "–"
    proposal = row.proposals.order_by("-created_at").first()
    if proposal is None or proposal.status == Proposal.Status.WITHDRAWN:
        return "–"
    return format_html("{}: {} {}", _("Proposed change"), status_label(proposal), proposal.reason)


def planned(row: Product) -> str:
    """When it goes on sale and off it, in the installation's time zone."""
    said = []
    if row.publish_at:
        said.append(_("on sale %(when)s") % {"when": moment(row.publish_at)})
    if row.hide_at:
        said.append(_("off sale %(when)s") % {"when": moment(row.hide_at)})
    return "; ".join(said) or "–"
