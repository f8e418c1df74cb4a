"""What orders know of a purchase that may be a fraud: who has bought what how often, and from where."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

from catalog.selectors.categories import has_risky_goods
from core.exchange.rules import converted_back
from core.money import EXPONENTS
from core.postgresql.statements import Prepared
from orders.models import Checkout, MerchantOrder, OrderLine
from orders.states import CheckoutStatus, OrderStatus
from payments.models import RiskAssessment
from payments.risk_rules import RiskFacts

WINDOW = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
HALF_A_YEAR = dt.timedelta(days=182)
HISTORY = 20
# Minor units of one major unit, by currency; the names are those of our own table.
_UNITS = " ".join(f"WHEN '{code}' THEN {10**places}" for code, places in sorted(EXPONENTS.items()))
_UNIT = f"(CASE {{}} {_UNITS} ELSE 100 END)"
_MEMBER = "c.user_id = %(buyer)s::uuid"
_GUEST = "c.user_id IS NULL AND lower(c.email) = %(buyer)s"


def _facts_sql(whose: str) -> Prepared:
    """One trip: everything is counted along indexes, over the last hour or day or one buyer's purchases."""
    return Prepared(f"""
WITH own AS MATERIALIZED (
    SELECT c.id, c.status, c.placed_at, c.total_minor::numeric / {_UNIT.format("c.currency")} / c.rate AS worth
    FROM orders_checkout c WHERE {whose} AND c.id <> %(id)s::uuid
), here AS MATERIALIZED (
    SELECT address, device, network_country FROM orders_purchaseorigin WHERE checkout_id = %(id)s::uuid
), cards AS MATERIALIZED (
    SELECT DISTINCT card FROM payments_paymentattempt
    WHERE card <> '' AND created_at > %(day)s::timestamptz AND reference IN (SELECT id FROM own UNION ALL SELECT %(id)s::uuid)
)
SELECT
    (SELECT count(*) FROM own WHERE placed_at > %(hour)s::timestamptz AND placed_at <= %(now)s::timestamptz),
    (SELECT count(*) FROM own WHERE status = 'paid'),
    (SELECT avg(worth) * {_UNIT.format("%(shop)s::text")} FROM own WHERE status = 'paid'),
    (SELECT count(*) FROM orders_purchaseorigin o, here
        WHERE o.address = here.address
        AND o.seen_at > %(hour)s::timestamptz AND o.seen_at <= %(now)s::timestamptz AND o.checkout_id <> %(id)s::uuid),
    (SELECT count(*) FROM orders_purchaseorigin o, here
        WHERE o.device <> '' AND o.device = here.device
        AND o.seen_at > %(hour)s::timestamptz AND o.seen_at <= %(now)s::timestamptz AND o.checkout_id <> %(id)s::uuid),
    (SELECT count(*) FROM payments_paymentattempt WHERE status = 'failed' AND created_at > %(hour)s::timestamptz
        AND reference IN (SELECT id FROM own WHERE placed_at > %(day)s::timestamptz UNION ALL SELECT %(id)s::uuid)),
    (SELECT count(*) FROM cards),
    (SELECT count(DISTINCT reference) FROM payments_paymentattempt
        WHERE card IN (SELECT card FROM cards) AND created_at > %(day)s::timestamptz AND reference <> %(id)s::uuid),
    (SELECT network_country FROM here)
""")  # noqa: S608  what is put in is our own text


_OF_MEMBER, _OF_GUEST = _facts_sql(_MEMBER), _facts_sql(_GUEST)


def facts_of(checkout: Checkout, at: dt.datetime, *, in_cash: bool = False) -> RiskFacts:
    """What is known of a purchase's payment now; two statements, one more where some goods are risky at all, and for cash."""
    is_member = checkout.user_id is not None
    values: dict[str, Any] = {
        "buyer": str(checkout.user_id) if is_member else checkout.email.lower(),
        "id": str(checkout.pk),
        "now": at,
        "hour": at - WINDOW,
        "day": at - DAY,
        "shop": settings.CURRENCY,
    }
    with connection.cursor() as cursor:
        cursor.execute(_OF_MEMBER if is_member else _OF_GUEST, values)
        purchases, paid, usual, by_address, by_device, failed, cards, by_card, network = cursor.fetchone()
    user = checkout.user
    return RiskFacts(
        amount_minor=converted_back(checkout.total_minor, checkout.rate, checkout.base_currency, checkout.currency),
        usual_minor=None if usual is None else int(usual),
        paid_before=paid,
        account_hours=None if user is None else int((at - user.created_at).total_seconds() // 3600),
        purchases_by_buyer=purchases,
        purchases_by_address=by_address,
        purchases_by_device=by_device,
        purchases_by_card=by_card,
        cards_of_buyer=cards,
        failed_attempts=failed,
        mail_domain=checkout.email.rpartition("@")[2].lower(),
        country=checkout.country,
        network_country=network or "",
        currency=checkout.currency,
        language=checkout.language,
        has_risky_goods=has_risky_goods(lambda: _products_of(checkout.pk)),
        **(_cash_counts(checkout, at) if in_cash else {}),
    )


def _cash_counts(checkout: Checkout, at: dt.datetime) -> dict[str, int]:
    """What became of the buyer's other purchases in cash. Of those that were sent, only refused ones are cancelled."""
    own = Q(checkout__user=checkout.user_id) if checkout.user_id else Q(checkout__user=None, checkout__email__iexact=checkout.email)
    rows = MerchantOrder.objects.filter(own, checkout__status=CheckoutStatus.CONFIRMED, placed_at__gt=at - HALF_A_YEAR)
    refused = Q(status=OrderStatus.CANCELLED, shipped_at__isnull=False)
    coming = Q(status__in=[OrderStatus.PREPARING, OrderStatus.SHIPPED])
    return rows.exclude(checkout=checkout).aggregate(
        refused_at_door=Count("pk", filter=refused), cash_on_its_way=Count("checkout", filter=coming, distinct=True)
    )


def _products_of(checkout_id: uuid.UUID) -> list[uuid.UUID]:
    return list(OrderLine.objects.filter(order__checkout=checkout_id).values_list("product_id", flat=True))


@dataclass(frozen=True)
class BuyerHistory:
    """What somebody has bought before, newest first, for the person who decides."""

    purchases: list[Checkout]
    paid: int
    cancelled: int


def history_of(checkout: Checkout) -> BuyerHistory:
    """Other purchases of the member, or under the guest's e-mail address; three statements."""
    # Spelt as the index on guests' addresses is.
    own = {"user": checkout.user} if checkout.user_id else {"user": None, "known": checkout.email.lower()}
    others = Checkout.objects.alias(known=Lower("email")).filter(**own).exclude(pk=checkout.pk)
    newest: list[Checkout] = list(others.order_by("-placed_at").prefetch_related("orders")[:HISTORY])
    ended = others.filter(orders__status__in=[OrderStatus.CANCELLED, OrderStatus.REFUNDED]).distinct().count()
    return BuyerHistory(newest, others.filter(status="paid").count(), ended)


def waiting_reviews() -> QuerySet[RiskAssessment]:
    """Paid purchases that wait for a person, the oldest first."""
    rows = RiskAssessment.objects.filter(stage=RiskAssessment.Stage.PAID, decision=RiskAssessment.Decision.REVIEW, verdict="")
    return rows.order_by("created_at", "pk")


def reviewed_purchase(assessment: RiskAssessment) -> Checkout | None:
    """The purchase an assessment is about."""
    return Checkout.objects.filter(pk=assessment.reference).select_related("user", "origin").first()
