from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True)
class MerchantChanged(Event):
    """Name, kind, slug or status of a merchant is another than before; whoever keeps copies renews them."""

    merchant_id: str


@dataclass(frozen=True)
class MemberInvited(Event):
    """Somebody was asked into a merchant's team, for the first time or again; each `occasion` is one mail with a link of its own."""

    invitation_id: str
    occasion: str
