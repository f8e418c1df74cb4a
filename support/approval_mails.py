"""Mails to a shop about goods the operator has looked at. Each handler runs once per event, and each mail exists once anyway."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.utils import timezone

from catalog.events import ProductApproved, ProductNotPublished, ProductReturned, ProposalAccepted, ProposalRejected
from catalog.models import Product, Proposal
from core.outbox import handles
from merchants.models import Membership, Merchant
from support import approval_notices
from support.content import Notice
from support.selectors import readers_at
from support.services import notify

TOLD_OF_GOODS = (Membership.Role.OWNER, Membership.Role.CATALOGUE)


@handles(ProductApproved)
def mail_product_approved(event: ProductApproved) -> None:
    product = _product(event.product_id)
    _tell(product.merchant, event.decision_id, lambda: approval_notices.product_approved(product))


@handles(ProductReturned)
def mail_product_returned(event: ProductReturned) -> None:
    product = _product(event.product_id)
    _tell(product.merchant, event.decision_id, lambda: approval_notices.product_returned(product, event.reason))


@handles(ProductNotPublished)
def mail_product_not_published(event: ProductNotPublished) -> None:
    product = _product(event.product_id)
    _tell(product.merchant, event.decision_id, lambda: approval_notices.product_not_published(product, event.code))


@handles(ProposalAccepted)
def mail_proposal_accepted(event: ProposalAccepted) -> None:
    proposal = _proposal(event.proposal_id)
    _tell(proposal.merchant, event.proposal_id, lambda: approval_notices.proposal_accepted(proposal))


@handles(ProposalRejected)
def mail_proposal_rejected(event: ProposalRejected) -> None:
    proposal = _proposal(event.proposal_id)
    _tell(proposal.merchant, event.proposal_id, lambda: approval_notices.proposal_rejected(proposal))


def _tell(merchant: Merchant, subject_id: str, write: Callable[[], Notice]) -> None:
    for reader in readers_at(merchant, TOLD_OF_GOODS):
        notify(subject_id=uuid.UUID(subject_id), reader=reader, write=write, at=timezone.now())


def _product(product_id: str) -> Product:
    found: Product = Product.objects.select_related("merchant").get(pk=product_id)
    return found


def _proposal(proposal_id: str) -> Proposal:
    found: Proposal = Proposal.objects.select_related("merchant", "product").get(pk=proposal_id)
    return found
