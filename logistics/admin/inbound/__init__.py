"""What a merchant moves between warehouses, buys from suppliers and counts."""

from logistics.admin.inbound import counts, purchases, suppliers, transfers

__all__ = ["counts", "purchases", "suppliers", "transfers"]
