"""The account chart: which kinds of account are what, in the order in which books are read."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from payments.models import LedgerAccount

Kind = LedgerAccount.Kind


class Nature(models.TextChoices):
    ASSET = "asset", _("Assets")
    TRANSIT = "transit", _("In transit")
    LIABILITY = "liability", _("Liabilities")
    INCOME = "income", pgettext_lazy("accounts", "Income")
    EXPENSE = "expense", pgettext_lazy("accounts", "Expenses")


NATURES: dict[str, Nature] = {
    Kind.PROVIDER_BALANCE: Nature.ASSET,
    Kind.DISPUTED: Nature.ASSET,
    Kind.PROVIDER_CLEARING: Nature.TRANSIT,
    Kind.PAYOUTS: Nature.TRANSIT,
    Kind.HELD: Nature.LIABILITY,
    Kind.PAYABLE: Nature.LIABILITY,
    Kind.RESERVED: Nature.LIABILITY,
    Kind.DEPOSIT: Nature.LIABILITY,
    Kind.STORE_CREDIT: Nature.LIABILITY,
    Kind.GIFT_CARD: Nature.LIABILITY,
    Kind.POINTS_LIABILITY: Nature.LIABILITY,
    Kind.COMMISSION_TAX: Nature.LIABILITY,
    Kind.COMMISSION: Nature.INCOME,
    Kind.PENALTIES: Nature.INCOME,
    Kind.SUBSIDIES: Nature.EXPENSE,
    Kind.PROVIDER_FEES: Nature.EXPENSE,
    Kind.POINTS_EXPENSE: Nature.EXPENSE,
}
_ORDER = {kind: place for place, kind in enumerate(sorted(NATURES, key=lambda kind: list(Nature).index(NATURES[kind])))}


def place_of(kind: str) -> int:
    """Where a kind stands in the books; one without a place comes last."""
    return _ORDER.get(kind, len(_ORDER))


def is_debit_side(kind: str) -> bool:
    """Whether more of it is a debit: assets, what is in transit, and expenses."""
    return NATURES.get(kind) in {Nature.ASSET, Nature.TRANSIT, Nature.EXPENSE}
