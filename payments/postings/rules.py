"""The table of posting rules: which accounts a kind of transaction debits and credits."""

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from payments.models import (
    LedgerAccount,
)

Account = LedgerAccount.Kind


class PostingKind(models.TextChoices):
    CAPTURE = "capture", _("Payment received")
    HOLD = "hold", _("Held in escrow")
    RELEASE = "release", _("Released to merchant")
    REFUND_HELD = "refund_held", _("Refund of a held order")
    REFUND_RELEASED = "refund_released", _("Refund of a completed order")
    REFUND_PAID = "refund_paid", _("Refund paid out")
    CHARGEBACK_HELD = "chargeback_held", _("Lost dispute of a held order")
    CHARGEBACK_RELEASED = "chargeback_released", _("Lost dispute of a completed order")
    DISPUTE_OPENED = "dispute_opened", _("Taken back by the provider")
    DISPUTE_WON = "dispute_won", _("Dispute won")
    DISPUTE_ABSORBED = "dispute_absorbed", _("Lost dispute borne by the operator")
    FREEZE = "freeze", _("Reserved for a dispute")
    UNFREEZE = "unfreeze", _("Reserve returned")
    CREDIT_SPENT = "credit_spent", _("Paid with credit")
    CREDIT_RETURNED = "credit_returned", _("Credit given back")
    ADJUSTMENT = "adjustment", _("Adjustment by the operator")
    PAYOUT = "payout", _("Payout")
    PAYOUT_PAID = "payout_paid", _("Payout arrived")
    PAYOUT_FAILED = "payout_failed", _("Payout returned")
    COD_COMMISSION = "cod_commission", _("Commission of a cash order")
    COD_REFUNDED = "cod_refunded", _("Refund of a cash order")
    STORE_CREDIT_ISSUED = "store_credit_issued", _("Store credit given")
    STORE_CREDIT_WITHDRAWN = "store_credit_withdrawn", _("Store credit taken back")
    GIFT_CARD_ISSUED = "gift_card_issued", _("Gift card issued")
    GIFT_CARD_SOLD = "gift_card_sold", _("Gift card sold")
    GIFT_CARD_LOADED = "gift_card_loaded", _("Gift card loaded onto store credit")
    GIFT_CARD_REFUNDED = "gift_card_refunded", _("Gift card given back")
    PROVIDER_FEE = "provider_fee", _("Fee kept by the provider")
    POINTS_GRANTED = "points_granted", _("Points granted")
    POINTS_EXPIRED = "points_expired", _("Points expired")
    POINTS_CLAWED_BACK = "points_clawed_back", _("Points taken back")
    DEPOSIT_PAID = "deposit_paid", _("Deposit paid")
    DEPOSIT_HELD_BACK = "deposit_held_back", _("Held back for the deposit")
    DEPOSIT_RETURNED = "deposit_returned", _("Deposit returned")
    PENALTY = "penalty", _("Penalty")
    PENALTY_RETURNED = "penalty_returned", _("Penalty returned")
    REVERSAL = "reversal", _("Reversal")


class Dr(NamedTuple):
    """A debit of the account by the amount of that name."""

    account: Account
    amount: str


class Cr(NamedTuple):
    """A credit of the account by the amount of that name."""

    account: Account
    amount: str


# kind: what is debited and what is credited, each with the name of its amount.
# `payable` is the merchant's share: amount − commission − tax.
RULES: dict[PostingKind, tuple[Dr | Cr, ...]] = {
    PostingKind.CAPTURE: (Dr(Account.PROVIDER_BALANCE, "cash"), Cr(Account.PROVIDER_CLEARING, "cash")),
    PostingKind.HOLD: (Dr(Account.PROVIDER_CLEARING, "cash"), Dr(Account.POINTS_LIABILITY, "points"), Cr(Account.HELD, "amount")),
    PostingKind.RELEASE: (
        Dr(Account.HELD, "amount"),
        Cr(Account.PAYABLE, "payable"),
        Cr(Account.COMMISSION, "commission"),
        Cr(Account.COMMISSION_TAX, "tax"),
    ),
    PostingKind.REFUND_HELD: (Dr(Account.HELD, "amount"), Cr(Account.PROVIDER_CLEARING, "cash"), Cr(Account.POINTS_LIABILITY, "points")),
    PostingKind.REFUND_RELEASED: (
        Dr(Account.PAYABLE, "payable"),
        Dr(Account.COMMISSION, "commission"),
        Dr(Account.COMMISSION_TAX, "tax"),
        Cr(Account.PROVIDER_CLEARING, "cash"),
        Cr(Account.POINTS_LIABILITY, "points"),
    ),
    PostingKind.REFUND_PAID: (Dr(Account.PROVIDER_CLEARING, "cash"), Cr(Account.PROVIDER_BALANCE, "cash")),
    PostingKind.CHARGEBACK_HELD: (Dr(Account.HELD, "amount"), Cr(Account.DISPUTED, "amount")),
    PostingKind.CHARGEBACK_RELEASED: (
        Dr(Account.PAYABLE, "payable"),
        Dr(Account.COMMISSION, "commission"),
        Dr(Account.COMMISSION_TAX, "tax"),
        Cr(Account.DISPUTED, "amount"),
    ),
    PostingKind.DISPUTE_OPENED: (Dr(Account.DISPUTED, "amount"), Cr(Account.PROVIDER_BALANCE, "amount")),
    PostingKind.DISPUTE_WON: (Dr(Account.PROVIDER_BALANCE, "amount"), Cr(Account.DISPUTED, "amount")),
    PostingKind.DISPUTE_ABSORBED: (Dr(Account.SUBSIDIES, "amount"), Cr(Account.DISPUTED, "amount")),
    PostingKind.FREEZE: (Dr(Account.PAYABLE, "reserved"), Cr(Account.RESERVED, "reserved")),
    PostingKind.UNFREEZE: (Dr(Account.RESERVED, "reserved"), Cr(Account.PAYABLE, "reserved")),
    PostingKind.ADJUSTMENT: (Dr(Account.SUBSIDIES, "amount"), Cr(Account.PAYABLE, "amount")),
    PostingKind.PAYOUT: (Dr(Account.PAYABLE, "amount"), Cr(Account.PAYOUTS, "amount")),
    PostingKind.PAYOUT_PAID: (Dr(Account.PAYOUTS, "amount"), Cr(Account.PROVIDER_BALANCE, "amount")),
    PostingKind.PAYOUT_FAILED: (Dr(Account.PAYOUTS, "amount"), Cr(Account.PAYABLE, "amount")),
    PostingKind.COD_COMMISSION: (Dr(Account.PAYABLE, "owed"), Cr(Account.COMMISSION, "commission"), Cr(Account.COMMISSION_TAX, "tax")),
    PostingKind.COD_REFUNDED: (
        Dr(Account.PAYABLE, "payable"),
        Dr(Account.COMMISSION, "commission"),
        Dr(Account.COMMISSION_TAX, "tax"),
        Cr(Account.STORE_CREDIT, "credit"),
    ),
    PostingKind.STORE_CREDIT_ISSUED: (Dr(Account.SUBSIDIES, "amount"), Cr(Account.STORE_CREDIT, "amount")),
    PostingKind.STORE_CREDIT_WITHDRAWN: (Dr(Account.STORE_CREDIT, "amount"), Cr(Account.SUBSIDIES, "amount")),
    PostingKind.GIFT_CARD_ISSUED: (Dr(Account.SUBSIDIES, "amount"), Cr(Account.GIFT_CARD, "amount")),
    PostingKind.GIFT_CARD_SOLD: (Dr(Account.PROVIDER_CLEARING, "amount"), Cr(Account.GIFT_CARD, "amount")),
    PostingKind.GIFT_CARD_LOADED: (Dr(Account.GIFT_CARD, "amount"), Cr(Account.STORE_CREDIT, "amount")),
    PostingKind.GIFT_CARD_REFUNDED: (Dr(Account.GIFT_CARD, "amount"), Cr(Account.PROVIDER_CLEARING, "amount")),
    PostingKind.PROVIDER_FEE: (Dr(Account.PROVIDER_FEES, "fee"), Cr(Account.PROVIDER_BALANCE, "fee")),
    PostingKind.POINTS_GRANTED: (Dr(Account.POINTS_EXPENSE, "value"), Cr(Account.POINTS_LIABILITY, "value")),
    PostingKind.POINTS_EXPIRED: (Dr(Account.POINTS_LIABILITY, "value"), Cr(Account.POINTS_EXPENSE, "value")),
    PostingKind.POINTS_CLAWED_BACK: (Dr(Account.POINTS_LIABILITY, "value"), Cr(Account.POINTS_EXPENSE, "value")),
    PostingKind.DEPOSIT_PAID: (Dr(Account.PAYABLE, "amount"), Cr(Account.DEPOSIT, "amount")),
    PostingKind.DEPOSIT_HELD_BACK: (Dr(Account.PAYABLE, "amount"), Cr(Account.DEPOSIT, "amount")),
    PostingKind.DEPOSIT_RETURNED: (Dr(Account.DEPOSIT, "amount"), Cr(Account.PAYABLE, "amount")),
    PostingKind.PENALTY: (Dr(Account.PAYABLE, "payable"), Dr(Account.DEPOSIT, "deposit"), Cr(Account.PENALTIES, "amount")),
    PostingKind.PENALTY_RETURNED: (Dr(Account.PENALTIES, "amount"), Cr(Account.PAYABLE, "payable"), Cr(Account.DEPOSIT, "deposit")),
}
# The credit that is spent or returned lies on one of two accounts; the source says which.
CREDIT_RULES: dict[tuple[PostingKind, str], tuple[Dr | Cr, ...]] = {
    (PostingKind.CREDIT_SPENT, "store_credit"): (Dr(Account.STORE_CREDIT, "amount"), Cr(Account.PROVIDER_CLEARING, "amount")),
    (PostingKind.CREDIT_SPENT, "gift_card"): (Dr(Account.GIFT_CARD, "amount"), Cr(Account.PROVIDER_CLEARING, "amount")),
    (PostingKind.CREDIT_RETURNED, "store_credit"): (Dr(Account.PROVIDER_CLEARING, "amount"), Cr(Account.STORE_CREDIT, "amount")),
    (PostingKind.CREDIT_RETURNED, "gift_card"): (Dr(Account.PROVIDER_CLEARING, "amount"), Cr(Account.GIFT_CARD, "amount")),
}
# Accounts of which there is one per merchant, gateway, or person or card; of all others there is one per currency.
OWNERS = {
    Account.PROVIDER_BALANCE: "gateway",
    Account.PROVIDER_FEES: "gateway",
    Account.HELD: "merchant",
    Account.PAYABLE: "merchant",
    Account.RESERVED: "merchant",
    Account.DEPOSIT: "merchant",
    Account.STORE_CREDIT: "owner",
    Account.GIFT_CARD: "owner",
}
