from orders.models.carts import Cart, CartLine
from orders.models.purchases import Checkout, MerchantOrder, OrderLine

__all__ = [
    "Cart",
    "CartLine",
    "Checkout",
    "MerchantOrder",
    "OrderLine",
]
