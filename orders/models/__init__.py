from orders.models.carts import Cart, CartLine
from orders.models.commissions import CommissionLine
from orders.models.purchases import Checkout, MerchantOrder, OrderLine
from orders.models.taxes import TaxedAs, TaxKind, TaxRate

__all__ = [
    "Cart",
    "CartLine",
    "Checkout",
    "CommissionLine",
    "MerchantOrder",
    "OrderLine",
    "TaxKind",
    "TaxRate",
    "TaxedAs",
]
