"""Payouts a person carries to the operator's own bank: the books are the payouts themselves, the outcome is what the person marks."""

import uuid

from django.utils.translation import gettext_lazy as _

from payments.gateways.base import Outcome, ProviderTransfer
from payments.models import Payout


class BankFileTransfers:
    """Always waiting for a person; shares its balance account with payments by bank transfer, which come in at the same bank."""

    code = "bank_transfer"
    label = _("Bank transfer by the operator")

    def is_available(self, merchant_id: uuid.UUID) -> bool:
        return True

    def transfer(self, payout: Payout) -> ProviderTransfer:
        return _waiting(payout)

    def fetch_transfer(self, payout: Payout) -> ProviderTransfer:
        return _waiting(payout)


def _waiting(payout: Payout) -> ProviderTransfer:
    return ProviderTransfer(payout.idempotency_key, Outcome.OPEN, payout.amount_minor, payout.currency)
