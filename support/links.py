"""Addresses in mails. They start with SITE_URL, never with the Host of a request; a guest's carry the token that is their permission."""

from urllib.parse import urlencode

from django.conf import settings

from orders.models import Checkout


def _absolute(path: str) -> str:
    return settings.SITE_URL.rstrip("/") + path


def _with_token(path: str, checkout: Checkout) -> str:
    """Members sign in; only a guest's mail may open the order by itself."""
    return _absolute(path) if checkout.user_id else f"{_absolute(path)}?{urlencode({'t': checkout.token})}"


def order_url(checkout: Checkout) -> str:
    return _with_token(f"/orders/{checkout.number}/", checkout)


def payment_url(checkout: Checkout) -> str:
    return _with_token(f"/pay/{checkout.number}/", checkout)


def merchant_url() -> str:
    return _absolute("/merchant/")


def shop_url() -> str:
    return _absolute("/")
