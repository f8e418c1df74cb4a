from orders.models.bundles import OrderBundle
from orders.models.carts import Cart, CartLine
from orders.models.cases import AfterSalesCase, CaseLine, CaseMessage, CasePhoto, CaseVerdict
from orders.models.commissions import CommissionLine
from orders.models.downloads import Download
from orders.models.duties import DutyEstimate
from orders.models.origins import PurchaseOrigin
from orders.models.papers import Invoice, PaperCounter, PaperKind
from orders.models.pickups import Pickup
from orders.models.purchases import Checkout, MerchantOrder, OrderLine
from orders.models.quotes import Quote
from orders.models.refunds import OrderRefund, OrderRefundLine
from orders.models.taxes import TaxedAs, TaxKind, TaxRate
from orders.models.undelivered import UndeliveredParcel

__all__ = [
    "AfterSalesCase",
    "Cart",
    "CartLine",
    "CaseLine",
    "CaseMessage",
    "CasePhoto",
    "CaseVerdict",
    "Checkout",
    "CommissionLine",
    "Download",
    "DutyEstimate",
    "Invoice",
    "MerchantOrder",
    "OrderBundle",
    "OrderLine",
    "OrderRefund",
    "OrderRefundLine",
    "PaperCounter",
    "PaperKind",
    "Pickup",
    "PurchaseOrigin",
    "Quote",
    "TaxKind",
    "TaxRate",
    "TaxedAs",
    "UndeliveredParcel",
]
