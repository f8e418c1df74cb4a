from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True)
class PictureAdded(Event):
    """A picture was stored and has no renditions yet."""

    picture_id: str


@dataclass(frozen=True)
class ProductApproved(Event):
    """The operator has put a submitted product on sale."""

    product_id: str
    decision_id: str


@dataclass(frozen=True)
class ProductReturned(Event):
    """The operator has given a submitted product back to its merchant."""

    product_id: str
    decision_id: str
    reason: str


@dataclass(frozen=True)
class ProposalAccepted(Event):
    """A product has become what its merchant proposed."""

    proposal_id: str


@dataclass(frozen=True)
class ProposalRejected(Event):
    """A product stays as it is; the proposal says why."""

    proposal_id: str


@dataclass(frozen=True)
class ProductNotPublished(Event):
    """The moment to go on sale has come, and it was not possible; `code` is that of the error."""

    product_id: str
    decision_id: str
    code: str
