"""The ways to pay as a shopper chooses among them: a name, a picture and a sentence for each."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from payments.gateways import available_gateways


@dataclass(frozen=True, slots=True)
class Tender:
    """One way to pay. `code` is what the form sends."""

    code: str
    label: Any
    note: Any = ""
    icon: str = "credit-card"


NOTES = {
    "stripe": (_("By card or wallet on our payment provider's page."), "credit-card"),
    "sandbox": (_("A page to try paying on. No real money moves."), "credit-card"),
    "bank_transfer": (_("You get an account and a payment reference. We keep the goods while the bank takes its days."), "landmark"),
}


def tenders() -> list[Tender]:
    """The ways to pay that are open now, the best first."""
    return [Tender(gateway.code, gateway.label, *NOTES.get(gateway.code, ())) for gateway in available_gateways()]
