"""Who may do what in a merchant's back office: the one table. What is not in it is forbidden."""

from __future__ import annotations

from enum import StrEnum

from merchants.models import Membership

Role = Membership.Role


class Duty(StrEnum):
    """A part of the work in a shop; every page of the merchant site belongs to one."""

    PRODUCTS = "products"
    REVIEWS = "reviews"
    ORDERS = "orders"
    RETURNS = "returns"
    STOCK = "stock"
    SHIPMENTS = "shipments"
    SHIPPING = "shipping"
    BALANCE = "balance"
    PAYOUTS = "payouts"
    API_KEYS = "api_keys"
    TEAM = "team"
    PROFILE = "profile"


_EVERYTHING = frozenset(Duty)
_VIEW: dict[str, frozenset[Duty]] = {
    Role.OWNER: _EVERYTHING,
    Role.CATALOGUE: frozenset({Duty.PRODUCTS, Duty.REVIEWS, Duty.STOCK, Duty.PROFILE}),
    Role.FULFILMENT: frozenset({Duty.ORDERS, Duty.RETURNS, Duty.STOCK, Duty.SHIPMENTS, Duty.SHIPPING, Duty.PRODUCTS}),
    Role.SERVICE: frozenset({Duty.ORDERS, Duty.RETURNS, Duty.SHIPMENTS, Duty.PRODUCTS, Duty.REVIEWS}),
    Role.FINANCE: frozenset({Duty.BALANCE, Duty.PAYOUTS, Duty.ORDERS}),
    Role.READ_ONLY: _EVERYTHING - {Duty.API_KEYS, Duty.PAYOUTS},
}
_CHANGE: dict[str, frozenset[Duty]] = {
    Role.OWNER: _EVERYTHING,
    Role.CATALOGUE: frozenset({Duty.PRODUCTS, Duty.REVIEWS}),
    Role.FULFILMENT: frozenset({Duty.ORDERS, Duty.RETURNS, Duty.STOCK, Duty.SHIPMENTS}),
    Role.SERVICE: frozenset({Duty.RETURNS, Duty.REVIEWS}),
    Role.FINANCE: frozenset({Duty.PAYOUTS}),
    Role.READ_ONLY: frozenset(),
}


def may_view(role: str, duty: Duty) -> bool:
    """Whether a member with this role may read the pages of a duty."""
    return duty in _VIEW.get(role, frozenset())


def may_change(role: str, duty: Duty) -> bool:
    """Whether a member with this role may change something of a duty."""
    return duty in _CHANGE.get(role, frozenset())
