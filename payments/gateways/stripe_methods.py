"""Which ways to pay Stripe offers the shopper. Without a choice of ours Stripe offers what the account has switched on."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from payments.models import PaymentAttempt

CUSTOMER_BALANCE = "customer_balance"
# Bank transfers exist in few currencies, each with its own kind of virtual account.
TRANSFERS = {"USD": "us_bank_transfer", "GBP": "gb_bank_transfer", "JPY": "jp_bank_transfer", "MXN": "mx_bank_transfer"}


def chosen(attempt: PaymentAttempt) -> list[str]:
    """STRIPE_PAYMENT_METHODS that can be used in the attempt's currency; empty leaves the choice to Stripe."""
    wanted: list[str] = settings.STRIPE_PAYMENT_METHODS
    return [method for method in wanted if method != CUSTOMER_BALANCE or attempt.currency in TRANSFERS]


def parameters(attempt: PaymentAttempt) -> dict[str, Any]:
    """`payment_method_types` and `payment_method_options`, the same for Checkout and for payment intents."""
    methods = chosen(attempt)
    options: dict[str, Any] = {}
    if "wechat_pay" in methods:
        options["wechat_pay"] = {"client": "web"}
    if CUSTOMER_BALANCE in methods:
        options[CUSTOMER_BALANCE] = {"funding_type": "bank_transfer", "bank_transfer": {"type": TRANSFERS[attempt.currency]}}
    return {name: value for name, value in (("payment_method_types", methods), ("payment_method_options", options)) if value}


def needs_customer(attempt: PaymentAttempt) -> bool:
    """A bank transfer is credited to a customer at Stripe first, who has to exist."""
    return CUSTOMER_BALANCE in chosen(attempt)
