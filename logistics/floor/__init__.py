"""The floor of a warehouse: bins, and waves of orders that are picked and packed together.

It knows an order by an opaque reference and what people call it. What leaves the books is decided by logistics.services.
"""
