"""The ways to pay as a shopper chooses among them: a name, a picture and a sentence for each."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from orders.models import Checkout
from orders.selectors import CartView
from orders.selectors.cash import cash_is_offered
from orders.states import CheckoutStatus
from payments.gateways import available_gateways, gateway
from payments.selectors import latest_attempt


@dataclass(frozen=True, slots=True)
class Tender:
    """One way to pay. `code` is what the form sends."""

    code: str
    label: Any
    note: Any = ""
    icon: str = "credit-card"


BANK = "bank_transfer"
NOTES = {
    "stripe": (_("By card or wallet on our payment provider's page."), "credit-card"),
    "sandbox": (_("A page to try paying on. No real money moves."), "credit-card"),
    BANK: (_("You get an account and a payment reference. We keep the goods while the bank takes its days."), "landmark"),
}


# A gift card has no goods that could be kept.
NOTE_FOR_GIFTS = _("You get an account and a payment reference. The card is mailed once the bank says that your payment is here.")
CASH = Tender("cash_on_delivery", _("Cash on delivery"), _("Pay in cash when you receive the goods."), "banknote")


def provider_tenders() -> list[Tender]:
    """The payment providers that take new payments, the best first."""
    return [Tender(gateway.code, gateway.label, *NOTES.get(gateway.code, ())) for gateway in available_gateways()]


def gift_tenders() -> list[Tender]:
    """The same in the words for a gift card."""
    return [replace(tender, note=NOTE_FOR_GIFTS) if tender.code == BANK else tender for tender in provider_tenders()]


def known_tenders() -> list[Tender]:
    """Every way to pay that is open to some purchase, the best first."""
    return [*provider_tenders(), CASH] if settings.CASH_ON_DELIVERY_MAX_MINOR else provider_tenders()


def tenders(*, merchant_ids: Collection[uuid.UUID], due_minor: int, currency: str) -> list[Tender]:
    """The ways to pay that are open to a purchase of these merchants, of which `due_minor` is to be paid; the best first."""
    has_cash = cash_is_offered(merchant_ids=merchant_ids, due_minor=due_minor, currency=currency)
    return [tender for tender in known_tenders() if has_cash or tender != CASH]


def tenders_for_cart(view: CartView, due_minor: int) -> list[Tender]:
    """The same for what lies in the cart; none where nothing is left to pay."""
    if view.has_digital:  # nobody pays at the door for a download
        return provider_tenders() if due_minor else []
    merchants = [parcel.merchant_id for parcel in view.parcels]
    return tenders(merchant_ids=merchants, due_minor=due_minor, currency=view.currency) if due_minor else []


def tenders_for_purchase(checkout: Checkout) -> list[Tender]:
    """The same for a purchase that was placed."""
    orders = checkout.orders.values_list("merchant_id", "digital_consent_at") if settings.CASH_ON_DELIVERY_MAX_MINOR else []
    merchants = [] if any(consent for _, consent in orders) else [merchant for merchant, _ in orders]
    return tenders(merchant_ids=merchants, due_minor=checkout.due_minor, currency=checkout.currency)


def how_paid(checkout: Checkout) -> Tender | None:
    """How a purchase was paid, or is to be paid at the door; None while it is open or where it ended unpaid."""
    if checkout.is_cash:
        return Tender(CASH.code, CASH.label, icon=CASH.icon)
    if checkout.status != CheckoutStatus.PAID:
        return None
    attempt = latest_attempt(checkout.pk) if checkout.due_minor else None
    known = {tender.code: tender for tender in known_tenders()}
    if attempt is None:
        return Tender("credit", _("Store credit or gift card"), icon="wallet")
    return Tender(
        attempt.gateway, gateway(attempt.gateway).label, icon=known[attempt.gateway].icon if attempt.gateway in known else "credit-card"
    )
