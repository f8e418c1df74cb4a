"""Money in the operator's back office: for reading, and for what only a person may decide."""

from payments.admin import attempts, bank, inbox, ledger, money, reconciliation

__all__ = ["attempts", "bank", "inbox", "ledger", "money", "reconciliation"]
