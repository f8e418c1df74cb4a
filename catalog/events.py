from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True)
class PictureAdded(Event):
    """A picture was stored and has no renditions yet."""

    picture_id: str


@dataclass(frozen=True)
class PictureRemoved(Event):
    """A picture was taken off its product; `prefix` is the folder of its files."""

    prefix: str


@dataclass(frozen=True)
class WishedPricesFell(Event):
    """Products that are on wish lists cost less than before; one event for up to 500 of them."""

    product_ids: list[str]


@dataclass(frozen=True)
class WishedGoodsBack(Event):
    """A product that is on wish lists can be had again."""

    product_id: str


@dataclass(frozen=True)
class BundlesTouched(Event):
    """These products are sets that were put together anew, or of which a part went on or off sale."""

    product_ids: list[str]


@dataclass(frozen=True)
class StockAlertAsked(Event):
    """Somebody without an account wants to hear when a variant is back; the address is not confirmed yet."""

    alert_id: str


@dataclass(frozen=True)
class StockAlertsDue(Event):
    """Variants that people wait for can be had again."""

    alert_ids: list[str]


@dataclass(frozen=True)
class ReviewPhotosChanged(Event):
    """Photos of a review came, went, or are shown or hidden from now on; their renditions have to follow."""

    photo_ids: list[str]


@dataclass(frozen=True)
class ReviewReplied(Event):
    """The shop has answered a review for the first time."""

    review_id: str


@dataclass(frozen=True)
class ModerationDecided(Event):
    """The marketplace has hidden something a member wrote, or shows it from now on. `occasion` names the decision."""

    item_id: str
    status: str
    occasion: str


@dataclass(frozen=True)
class QuestionAnswered(Event):
    """An answer to a question is shown from now on."""

    question_id: str
    answer_id: str


@dataclass(frozen=True)
class PictureCopied(Event):
    """The operator found a picture of this product to be another merchant's; it is off the product, which is hidden."""

    suspicion_id: str
    product_id: str
    reason: str


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


@dataclass(frozen=True)
class TradeAccountMoved(Event):
    """A request for trade prices, or an offer of them, has come to another status. `occasion` tells one time from the next."""

    account_id: str
    to_status: str
    occasion: str
