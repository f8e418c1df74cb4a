"""What happened to purchases and orders. Ids are the text of UUIDs, amounts minor units."""

from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True)
class CheckoutPlaced(Event):
    checkout_id: str


@dataclass(frozen=True)
class CheckoutPaid(Event):
    checkout_id: str


@dataclass(frozen=True)
class CheckoutExpired(Event):
    checkout_id: str


@dataclass(frozen=True)
class CheckoutCancelled(Event):
    """The shopper, or staff, ended a purchase nobody had paid."""

    checkout_id: str


@dataclass(frozen=True)
class LatePaymentRefunded(Event):
    """Money came in for a purchase that had ended; all of it is on its way back."""

    checkout_id: str
    refunded_minor: int


@dataclass(frozen=True)
class TransferAwaited(Event):
    """The shopper has chosen to pay by bank transfer and has to be told account, amount and payment reference."""

    checkout_id: str
    attempt_id: str


@dataclass(frozen=True)
class CheckoutConfirmed(Event):
    """The shopper pays in cash at the door; the merchants may send the goods."""

    checkout_id: str


@dataclass(frozen=True)
class OrderConfirmed(Event):
    """A merchant's order that is paid in cash at the door has to be sent."""

    order_id: str
    checkout_id: str
    merchant_id: str


@dataclass(frozen=True)
class OrderPaid(Event):
    order_id: str
    checkout_id: str
    merchant_id: str


@dataclass(frozen=True)
class OrderShipped(Event):
    order_id: str
    shipment_ids: list[str]


@dataclass(frozen=True)
class OrderPartShipped(Event):
    """Some parcels of an order have left; there is more to send."""

    order_id: str
    shipment_ids: list[str]


@dataclass(frozen=True)
class OrderRestGivenUp(Event):
    """What was not sent of an order will not be; its money goes back."""

    order_id: str
    reason: str
    refunded_minor: int


@dataclass(frozen=True)
class OrderReadyToCollect(Event):
    """An order's goods wait in the store where its shopper picks them up."""

    order_id: str


@dataclass(frozen=True)
class OrderDelivered(Event):
    order_id: str


@dataclass(frozen=True)
class DownloadsReady(Event):
    """A paid order's digital goods can be downloaded from now on."""

    order_id: str


@dataclass(frozen=True)
class OrderCompleted(Event):
    order_id: str


@dataclass(frozen=True)
class OrderCancelled(Event):
    """A paid order was cancelled before it was sent."""

    order_id: str
    reason: str
    refunded_minor: int


@dataclass(frozen=True)
class OrderRefunded(Event):
    """All of a sent order's money has gone back, the last part of it now, for `cause` (a case) where there is one."""

    order_id: str
    reason: str
    refunded_minor: int
    cause: str = ""


@dataclass(frozen=True)
class OrderPartRefunded(Event):
    """A part of an order's money went back; `cause` is the case it was for."""

    order_id: str
    cause: str
    reason: str
    refunded_minor: int


@dataclass(frozen=True)
class ShippingDelayed(Event):
    """The shop of an order that waits to be sent is on holiday, so it is sent later."""

    order_id: str
    holiday_id: str


@dataclass(frozen=True)
class UndeliveredMoved(Event):
    """A parcel came back or got lost and waits for its merchant, or was settled. `occasion` is this step's own id."""

    entry_id: str
    kind: str
    to_status: str
    occasion: str
    shipment_ids: list[str]


@dataclass(frozen=True)
class CaseOpened(Event):
    case_id: str


@dataclass(frozen=True)
class CaseMoved(Event):
    """A case went from one status to another; `by_deadline` says that nobody acted in time. `occasion` is this move's own id."""

    case_id: str
    from_status: str
    to_status: str
    by_deadline: bool
    occasion: str


@dataclass(frozen=True)
class CaseMessageWritten(Event):
    case_id: str
    message_id: str


@dataclass(frozen=True)
class CodeAsked(Event):
    """The payment page of a purchase opens only with a code, which is to be mailed; each time one is made is an occasion of its own."""

    checkout_id: str
    occasion: str


@dataclass(frozen=True)
class CheckoutInReview(Event):
    """A purchase is paid, and waits until a person has looked at the payment."""

    checkout_id: str


@dataclass(frozen=True)
class QuoteMoved(Event):
    """A request for a price was made, or went from one status to another. `occasion` is this move's own id."""

    quote_id: str
    to_status: str
    occasion: str
