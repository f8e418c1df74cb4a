"""Which cases somebody may see, and lists of them."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from merchants.models import Membership, Merchant
from merchants.permissions import Duty, may_view
from orders import case_rules as rules
from orders.errors import CaseNotFound, OrderNotFound
from orders.models import AfterSalesCase, CaseLine, CasePhoto, Checkout, MerchantOrder
from orders.selectors.purchases import NUMBER, checkout_for
from orders.states import CaseSide

CASE_NUMBER = re.compile(r"[0-9A-Z-]{1,30}")
MERCHANTS_TURN = [status for status, side in rules.TURN.items() if side == CaseSide.MERCHANT]


def lines_of_cases() -> QuerySet[CaseLine]:
    """Lines with what they are about, in the order's order."""
    return CaseLine.objects.select_related("order_line__product", "order_line__bundle", "wanted_variant").order_by("order_line_id")


def case_for(number: str, user: User | None, token: str | None) -> AfterSalesCase:
    """A case, for the member whose purchase it is about or whoever holds the purchase's token.

    Raises:
        CaseNotFound: no such case, or a stranger's.
    """
    rows = AfterSalesCase.objects.select_related("order__checkout", "merchant")
    case: AfterSalesCase | None = rows.filter(number=number).first() if CASE_NUMBER.fullmatch(number) else None
    if case is None:
        raise CaseNotFound
    checkout_for(case.order.checkout.number, user, token)
    return case


def case_for_staff(number: str, user: User | None) -> AfterSalesCase | None:
    """The case, where this person works for its merchant or for the marketplace and may see cases; None for everybody else."""
    case: AfterSalesCase | None = AfterSalesCase.objects.filter(number=number).first() if user and CASE_NUMBER.fullmatch(number) else None
    if case is None or user is None:
        return None
    roles = Membership.objects.filter(user=user, merchant_id=case.merchant_id).values_list("role", flat=True)
    may_see = user.has_perm("orders.view_aftersalescase") or any(may_view(role, Duty.RETURNS) for role in roles)
    return case if may_see else None


def purchase_number_of(case_number: str) -> str:
    """The number of the purchase a case number belongs to, as it is written; it need not exist."""
    return case_number.rsplit("-", 2)[0]


def order_for_case(number: str, checkout: Checkout) -> MerchantOrder:
    """An order of this purchase.

    Raises:
        OrderNotFound: it has no such order.
    """
    rows = MerchantOrder.objects.select_related("checkout", "merchant").filter(checkout=checkout, number=number)
    found: MerchantOrder | None = rows.first() if NUMBER.fullmatch(number) else None
    if found is None:
        raise OrderNotFound
    return found


def cases_of_purchases(purchases: Sequence[uuid.UUID] | QuerySet[Any]) -> QuerySet[AfterSalesCase]:
    """Cases about these purchases, newest first, with shop and lines; two statements at any length."""
    rows = AfterSalesCase.objects.filter(order__checkout__in=purchases).select_related("order__checkout", "merchant")
    return rows.prefetch_related(Prefetch("lines", lines_of_cases())).order_by("-opened_at", "-pk")


def cases_of(merchant: Merchant) -> QuerySet[AfterSalesCase]:
    """A merchant's cases with their lines, those that wait for the merchant first, the most urgent in front."""
    rows: QuerySet[AfterSalesCase] = AfterSalesCase.objects.for_merchant(merchant)
    return rows.select_related("order").prefetch_related(Prefetch("lines", lines_of_cases()))


def counts_for_merchant(merchant: Merchant, at: dt.datetime) -> dict[str, int]:
    """How many cases wait for the merchant, and how many of those are overdue within a day; one statement."""
    due = list(AfterSalesCase.objects.for_merchant(merchant).filter(status__in=MERCHANTS_TURN).values_list("due_at", flat=True))
    soon = at + dt.timedelta(days=1)
    return {"cases": len(due), "cases_soon": sum(moment is not None and moment <= soon for moment in due)}


def photo_for(case: AfterSalesCase, photo_id: uuid.UUID) -> CasePhoto:
    """A picture of this case.

    Raises:
        CaseNotFound: it has none with this id.
    """
    found = CasePhoto.objects.filter(case=case, pk=photo_id).first()
    if found is None:
        raise CaseNotFound
    return found
