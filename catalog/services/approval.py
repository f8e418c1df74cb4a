"""Goods of merchants whose work the operator looks at: drafts before they are published, changes before they are shown."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, Unpack

from django.db import models, transaction

from catalog.errors import ApprovalNeeded, NothingToApprove, ProposalNotFound, ProposalStale, VariantsMissing
from catalog.events import ProductApproved, ProductReturned, ProposalAccepted, ProposalRejected
from catalog.models import Product, Proposal
from catalog.services.products import ProductChanges, checked_values, locked_product, move_product, publish_product, update_product
from core import outbox
from core.ids import uuid7
from core.states import move_to

Status = Product.Status


@transaction.atomic
def submit_or_publish(*, product_id: uuid.UUID, actor: str, at: dt.datetime) -> Product:
    """Put a product on sale, or a draft before the operator where the merchant's goods are checked.

    Raises:
        ProductNotFound, VariantsMissing (none is on sale), IllegalTransition, StaleState.
    """
    product = locked_product(product_id)
    if product.status != Status.DRAFT or not product.merchant.needs_approval:
        return publish_product(product_id=product_id, actor=actor, at=at)
    if not product.variants.filter(is_active=True).exists():
        raise VariantsMissing
    return move_product(product, Status.PENDING, actor=actor, at=at)


@transaction.atomic
def approve_product(*, product_id: uuid.UUID, actor: str, at: dt.datetime) -> Product:
    """The operator puts a submitted product on sale, or agrees that it goes on sale at the moment its merchant has set.

    Raises:
        ProductNotFound, VariantsMissing, NothingToApprove, StaleState.
    """
    product = locked_product(product_id)
    if product.status != Status.PENDING:
        raise NothingToApprove
    if product.publish_at and product.publish_at > at:
        published = move_product(product, Status.HIDDEN, actor=actor, at=at)
    else:
        published = publish_product(product_id=product_id, actor=actor, at=at, is_approved=True)
    outbox.publish(ProductApproved(product_id=str(product_id), decision_id=str(uuid7())))
    return published


@transaction.atomic
def return_product(*, product_id: uuid.UUID, actor: str, reason: str, at: dt.datetime) -> Product:
    """The operator gives a submitted product back to its merchant with a reason; raises ProductNotFound, NothingToApprove, StaleState."""
    product = locked_product(product_id)
    if product.status != Status.PENDING:
        raise NothingToApprove
    returned = move_product(product, Status.DRAFT, actor=actor, at=at, reason=reason)
    outbox.publish(ProductReturned(product_id=str(product_id), decision_id=str(uuid7()), reason=reason))
    return returned


@transaction.atomic
def rework_product(*, product_id: uuid.UUID, actor: str, at: dt.datetime) -> Product:
    """Make a submitted or hidden product a draft again, free to be changed; raises ProductNotFound, IllegalTransition, StaleState."""
    return move_product(locked_product(product_id), Status.DRAFT, actor=actor, at=at)


@transaction.atomic
def update_or_propose(
    *, product_id: uuid.UUID, actor: str, at: dt.datetime, **changes: Unpack[ProductChanges]
) -> tuple[Product, Proposal | None]:
    """Change what is said about a product, or propose it where the merchant's goods are checked and it has been on sale.

    A new proposal takes the place of one that waits. Without a difference there is none.

    Raises:
        ProductNotFound, TitleMissing, VariantsUnclear: as when changing.
        ApprovalNeeded: the product is before the operator just now.
    """
    product = locked_product(product_id)
    if not product.is_shown_as_approved:
        return update_product(product_id=product_id, **changes), None
    differing = _differing(product, checked_values(product, dict(changes)))
    if differing and product.status == Status.PENDING:
        raise ApprovalNeeded
    for waiting in Proposal.objects.select_for_update().filter(product=product, status=Proposal.Status.PENDING):
        move_to(waiting, Proposal.Status.WITHDRAWN, actor=actor, at=at, decided_at=at)
    if not differing:
        return product, None
    return product, Proposal.objects.create(merchant_id=product.merchant_id, product=product, changes=differing, actor=actor, created_at=at)


def _differing(product: Product, values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found = {}
    for field, value in values.items():
        old, new = plain(getattr(product, field)), plain(value)
        if old != new:
            found[field] = {"old": old, "new": new}
    return found


def plain(value: Any) -> Any:
    """A field's value as JSON keeps it; a row is its key."""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return value


def stale_fields(proposal: Proposal) -> list[str]:
    """Fields of the product that are no longer what they were when the change was proposed."""
    return [field for field, change in proposal.changes.items() if plain(getattr(proposal.product, field)) != change["old"]]


@transaction.atomic
def accept_proposal(*, proposal_id: uuid.UUID, actor: str, at: dt.datetime) -> Product:
    """Make a product what its merchant proposed.

    Raises:
        ProposalNotFound: there is none.
        ProposalStale: the product has changed in one of these fields since.
        IllegalTransition, StaleState: it was decided already.
    """
    proposal = _locked(proposal_id)
    proposal.product = locked_product(proposal.product_id)
    if stale_fields(proposal):
        raise ProposalStale
    move_to(proposal, Proposal.Status.ACCEPTED, actor=actor, at=at, decided_at=at)
    values = {field: _value(field, change["new"]) for field, change in proposal.changes.items()}
    product = update_product(product_id=proposal.product_id, is_approved=True, **values)
    outbox.publish(ProposalAccepted(proposal_id=str(proposal_id)))
    return product


def _value(field: str, kept: Any) -> Any:
    described: Any = Product._meta.get_field(field)
    if described.is_relation:
        return described.related_model._default_manager.get(pk=kept) if kept is not None else None
    return described.to_python(kept) if isinstance(described, models.DateTimeField) else kept


@transaction.atomic
def reject_proposal(*, proposal_id: uuid.UUID, actor: str, reason: str, at: dt.datetime) -> Proposal:
    """Leave a product as it is and say why; raises ProposalNotFound, IllegalTransition, StaleState."""
    proposal = _locked(proposal_id)
    move_to(proposal, Proposal.Status.REJECTED, actor=actor, at=at, reason=reason, decided_at=at)
    Proposal.objects.filter(pk=proposal_id).update(reason=reason)
    outbox.publish(ProposalRejected(proposal_id=str(proposal_id)))
    return proposal


@transaction.atomic
def withdraw_proposal(*, proposal_id: uuid.UUID, actor: str, at: dt.datetime) -> Proposal:
    """The merchant no longer wants it; raises ProposalNotFound, IllegalTransition, StaleState."""
    proposal = _locked(proposal_id)
    move_to(proposal, Proposal.Status.WITHDRAWN, actor=actor, at=at, decided_at=at)
    return proposal


def _locked(proposal_id: uuid.UUID) -> Proposal:
    """The product's row is locked first, as everywhere."""
    found: Proposal | None = Proposal.objects.filter(pk=proposal_id).first()
    if found is None:
        raise ProposalNotFound
    locked_product(found.product_id)
    locked: Proposal = Proposal.objects.select_for_update().get(pk=proposal_id)
    return locked
