"""Who may do what in a merchant's back office: the one table. What is not in it is forbidden."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

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
    LOG = "log"


# Somebody of the operator who looks at a shop: no member's role, so nobody is ever given it.
VIEWER = "viewer"

_EVERYTHING = frozenset(Duty)
_VIEW: dict[str, frozenset[Duty]] = {
    Role.OWNER: _EVERYTHING,
    Role.MANAGER: _EVERYTHING - {Duty.API_KEYS, Duty.LOG},
    Role.CATALOGUE: frozenset({Duty.PRODUCTS, Duty.REVIEWS, Duty.STOCK, Duty.PROFILE}),
    Role.FULFILMENT: frozenset({Duty.ORDERS, Duty.RETURNS, Duty.STOCK, Duty.SHIPMENTS, Duty.SHIPPING, Duty.PRODUCTS}),
    Role.SERVICE: frozenset({Duty.ORDERS, Duty.RETURNS, Duty.SHIPMENTS, Duty.PRODUCTS, Duty.REVIEWS}),
    Role.MARKETING: frozenset({Duty.PRODUCTS, Duty.REVIEWS, Duty.PROFILE}),
    Role.FINANCE: frozenset({Duty.BALANCE, Duty.PAYOUTS, Duty.ORDERS}),
    Role.READ_ONLY: _EVERYTHING - {Duty.API_KEYS, Duty.PAYOUTS, Duty.LOG},
    VIEWER: _EVERYTHING - {Duty.API_KEYS, Duty.PAYOUTS, Duty.LOG, Duty.TEAM},
}
_CHANGE: dict[str, frozenset[Duty]] = {
    Role.OWNER: _EVERYTHING,
    Role.MANAGER: _EVERYTHING - {Duty.API_KEYS, Duty.LOG, Duty.PAYOUTS},
    Role.CATALOGUE: frozenset({Duty.PRODUCTS, Duty.REVIEWS}),
    Role.FULFILMENT: frozenset({Duty.ORDERS, Duty.RETURNS, Duty.STOCK, Duty.SHIPMENTS}),
    Role.SERVICE: frozenset({Duty.RETURNS, Duty.REVIEWS}),
    Role.MARKETING: frozenset({Duty.REVIEWS, Duty.PROFILE}),
    Role.FINANCE: frozenset({Duty.PAYOUTS}),
    Role.READ_ONLY: frozenset(),
}

# Whose session must have passed a second factor: they reach money, bank accounts or who is in the team.
NEEDS_SECOND_FACTOR = frozenset({Role.OWNER, Role.MANAGER, Role.FINANCE, VIEWER})


def may_view(role: str, duty: Duty) -> bool:
    """Whether a member with this role may read the pages of a duty."""
    return duty in _VIEW.get(role, frozenset())


def may_change(role: str, duty: Duty) -> bool:
    """Whether a member with this role may change something of a duty."""
    return duty in _CHANGE.get(role, frozenset())


# What the team of a closed shop can still do: finish what is open, and have the rest paid out.
_AFTER_CLOSING = frozenset({Duty.ORDERS, Duty.RETURNS, Duty.SHIPMENTS, Duty.STOCK, Duty.PAYOUTS})


def may_still_change(role: str, duty: Duty, *, is_closed: bool) -> bool:
    """As `may_change`, in a shop that may be closed."""
    return may_change(role, duty) and (duty in _AFTER_CLOSING or not is_closed)


def may_give(role: str, given: str) -> bool:
    """Whether a member with this role may give somebody the other role, or take it from them: only owners make and unmake owners."""
    return may_change(role, Duty.TEAM) and (given != Role.OWNER or role == Role.OWNER)


def roles_to_give(role: str) -> list[tuple[str, Any]]:
    """Choices of roles, with their names, for a member with this role."""
    return [(value, name) for value, name in Role.choices if may_give(role, value)]
