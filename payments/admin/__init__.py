"""Money in the operator's back office: everything for reading, nothing for changing."""

from payments.admin import ledger, money

__all__ = ["ledger", "money"]
