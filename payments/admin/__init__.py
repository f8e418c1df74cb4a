"""Money in the operator's back office: everything for reading, nothing for changing."""

from payments.admin import bank, ledger, money

__all__ = ["bank", "ledger", "money"]
