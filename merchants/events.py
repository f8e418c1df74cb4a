from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True)
class MerchantChanged(Event):
    """Name, kind, slug or status of a merchant is another than before; whoever keeps copies renews them."""

    merchant_id: str


@dataclass(frozen=True)
class HolidayStarted(Event):
    """A shop rests from now on until the end of this holiday."""

    holiday_id: str
    merchant_id: str


@dataclass(frozen=True)
class ShopMoved(Event):
    """A shop was suspended, closed or opened again, for a reason its team reads. `occasion` is this move's own id."""

    merchant_id: str
    to_status: str
    reason: str
    occasion: str


@dataclass(frozen=True)
class ApplicationMoved(Event):
    """An application to sell here has come to another status. `occasion` is this move's own id."""

    application_id: str
    to_status: str
    occasion: str


@dataclass(frozen=True)
class MerchantApproved(Event):
    """A shop was opened for somebody who applied; it has an owner and a commission plan, and nothing else yet."""

    merchant_id: str
    application_id: str


@dataclass(frozen=True)
class DocumentExpiring(Event):
    """A paper of an open shop ends in at most so many days; once per paper and number of days."""

    document_id: str
    days: int


@dataclass(frozen=True)
class MemberInvited(Event):
    """Somebody was asked into a merchant's team, for the first time or again; each `occasion` is one mail with a link of its own."""

    invitation_id: str
    occasion: str


@dataclass(frozen=True)
class ViolationMoved(Event):
    """A violation is in force, was appealed, upheld or lifted. `occasion` names the step."""

    violation_id: str
    to_status: str
    occasion: str
