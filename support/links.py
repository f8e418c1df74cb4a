"""Addresses in mails. They start with SITE_URL, never with the Host of a request; a guest's carry the token that is their permission."""

import uuid
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from accounts.selectors import INVITATION
from catalog.models import Proposal
from catalog.rules.wishes import WISH_MAILS
from catalog.services.stock_alerts import CONFIRM
from core.signed import signed
from orders.models import AfterSalesCase, Checkout, Quote
from payments.models import GiftCardPurchase


def _absolute(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


def _with_token(path: str, checkout: Checkout) -> str:
    """Members sign in; only a guest's mail may open the order by itself."""
    return _absolute(path) if checkout.user_id else f"{_absolute(path)}?{urlencode({'t': checkout.token})}"


def order_url(checkout: Checkout) -> str:
    return _with_token(f"/orders/{checkout.number}/", checkout)


def payment_url(checkout: Checkout) -> str:
    return _with_token(f"/pay/{checkout.number}/", checkout)


def case_url(case: AfterSalesCase) -> str:
    return _with_token(f"/cases/{case.number}/", case.order.checkout)


def merchant_case_url(case: AfterSalesCase) -> str:
    return _absolute(f"/merchant/orders/aftersalescase/{case.pk}/change/")


def merchant_product_url(product_id: uuid.UUID) -> str:
    return _absolute(f"/merchant/catalog/product/{product_id}/change/")


def gift_url(bought: GiftCardPurchase) -> str:
    """The buyer's page of a gift card; its token is the permission."""
    return _absolute(f"/gift-cards/{bought.token}/")


def apply_url() -> str:
    """Where somebody who wants to sell here finds their application."""
    return _absolute("/sell/apply/")


def merchant_url() -> str:
    return _absolute("/merchant/")


def operator_url(model: str, key: uuid.UUID) -> str:
    """The page of a row in the operator's back office; `model` is app and model name, such as "payments_refund"."""
    return _absolute(reverse(f"admin:{model}_change", args=[key]))


def statement_url(statement_id: uuid.UUID) -> str:
    return _absolute(f"/merchant/payments/payoutstatement/{statement_id}/change/")


def bank_account_url() -> str:
    return _absolute("/merchant/bank-account/")


def own_reviews_url() -> str:
    return _absolute("/account/reviews/")


def product_url(slug: str) -> str:
    return _absolute(f"/p/{slug}/")


def quote_url(quote: Quote) -> str:
    return _absolute(f"/quotes/{quote.pk}/")


def merchant_quote_url(quote: Quote) -> str:
    return _absolute(f"/merchant/orders/quote/{quote.pk}/change/")


def merchant_proposal_url(proposal: Proposal) -> str:
    return _absolute(f"/merchant/catalog/proposal/{proposal.pk}/change/")


def company_join_url(invitation_id: uuid.UUID) -> str:
    """Where an invited colleague says yes; the signed token shows that they got the mail."""
    return _absolute(f"/account/company/join/{signed(invitation_id, INVITATION)}/")


def team_join_url(token: str) -> str:
    """Where somebody who is asked into a team says yes; the token is of this mail alone."""
    return _absolute(f"/team/join/{token}/")


def trade_accounts_url() -> str:
    return _absolute("/account/company/shops/")


def merchant_trade_url(account_id: uuid.UUID) -> str:
    return _absolute(f"/merchant/catalog/tradeaccount/{account_id}/change/")


def deposit_url() -> str:
    return _absolute("/merchant/deposit/")


def shop_state_url() -> str:
    return _absolute("/merchant/shop-state/")


def merchant_undelivered_url(entry_id: uuid.UUID) -> str:
    return _absolute(f"/merchant/orders/undeliveredparcel/{entry_id}/change/")


def merchant_violation_url(violation_id: uuid.UUID) -> str:
    return _absolute(f"/merchant/merchants/violation/{violation_id}/change/")


def shop_url() -> str:
    return _absolute("/")


def wish_list_url() -> str:
    return _absolute("/wishlist/")


def wish_off_url(wish_id: uuid.UUID) -> str:
    """Ends mails about one wish; the signed token is the permission, so that it works where nobody is signed in."""
    return _absolute(f"/wishlist/off/{signed(wish_id, WISH_MAILS)}/")


def variant_url(slug: str, variant_id: uuid.UUID) -> str:
    return _absolute(f"/p/{slug}/?v={variant_id}")


def alert_confirm_url(alert_id: uuid.UUID) -> str:
    """Where the owner of an address says that it is theirs."""
    return _absolute(f"/alerts/confirm/{signed(alert_id, CONFIRM)}/")
