"""The posting rules: which accounts move when money does. docs/ledger.md has the same table with numbers.

Debits are positive. Every leg on provider clearing belongs to a transaction whose reference is the purchase, so clearing
sums to zero per purchase once nothing is on its way.
"""

from payments.postings.balances import credit, gift_card, payout, points, provider_fee
from payments.postings.deposits import deposit, penalty
from payments.postings.legs import Leg, Posting, legs_of, posting
from payments.postings.orders import capture, cash_collected, cash_refunded, dispute, frozen, hold, refund_paid, release, taken_back
from payments.postings.rules import CREDIT_RULES, OWNERS, RULES, Account, Cr, Dr, PostingKind

__all__ = [
    "CREDIT_RULES",
    "OWNERS",
    "RULES",
    "Account",
    "Cr",
    "Dr",
    "Leg",
    "Posting",
    "PostingKind",
    "capture",
    "cash_collected",
    "cash_refunded",
    "credit",
    "deposit",
    "dispute",
    "frozen",
    "gift_card",
    "hold",
    "legs_of",
    "payout",
    "penalty",
    "points",
    "posting",
    "provider_fee",
    "refund_paid",
    "release",
    "taken_back",
]
