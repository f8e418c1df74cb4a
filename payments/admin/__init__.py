"""Money in the operator's back office: for reading, and for what only a person may decide."""

from payments.admin import (
    attempts,
    bank,
    bank_accounts,
    cash,
    credit,
    deposits,
    disputes,
    inbox,
    ledger,
    merchant,
    money,
    payouts,
    reconciliation,
    risk,
)

__all__ = [
    "attempts",
    "bank",
    "bank_accounts",
    "cash",
    "credit",
    "deposits",
    "disputes",
    "inbox",
    "ledger",
    "merchant",
    "money",
    "payouts",
    "reconciliation",
    "risk",
]
