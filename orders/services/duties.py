"""What import charges are estimated at when an order is placed stays with it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import get_language

from core.compiled import insert
from core.money import Money
from logistics.customs_selectors import variants_of_stock
from logistics.models import Reservation
from logistics.rules.duties import Declared
from orders.errors import BondedLimitExceeded
from orders.models import DutyEstimate, MerchantOrder
from orders.rules.duties import Crossing
from orders.rules.purchases import QuotedOrder
from orders.selectors.duties import estimates
from orders.services.order_rows import Quote


def freeze_duties(
    *, orders: Sequence[MerchantOrder], quote: Quote, reserved: Sequence[Reservation], country: str, at: dt.datetime
) -> list[DutyEstimate]:
    """Estimate duty and tax of each order something of which is sent over a border, by where it is reserved; none without such goods.

    No statement for purchases that stay in one country, six for others.

    Raises:
        BondedLimitExceeded: an order holds more goods out of bond than its destination lets one purchase hold.
    """
    crossing = [row for row in reserved if "crosses_from" in row.plan]
    if not crossing:
        return []
    variants = variants_of_stock([row.stock_id for row in crossing])
    found = {}
    for order, quoted in zip(orders, quote.orders, strict=True):
        own = [row for row in crossing if row.group == order.pk]
        if own and order.pickup_from_id is None:
            sources = [(variants[row.stock_id], row.quantity, row.plan) for row in own]
            found[order.merchant_id] = Crossing.of(_declared(quoted), sources, quoted.shipping_minor)
    made = estimates(found, country, quote.conversion, timezone.localdate(at))
    rows = []
    for order in orders:
        if order.merchant_id not in made:
            continue
        guess, is_borne = made[order.merchant_id]
        if guess.bonded_most_minor is not None:
            limit = Money(guess.bonded_most_minor, order.currency)
            raise BondedLimitExceeded(limit=limit.format(get_language() or order.checkout.language))
        rows.append(
            DutyEstimate(
                order=order,
                merchant_id=order.merchant_id,
                country=country,
                sent_from=found[order.merchant_id].sent_from,
                terms=DutyEstimate.Terms.DDP if is_borne else DutyEstimate.Terms.DAP,
                missing=guess.missing,
                currency=order.currency,
                duty_minor=guess.duty_minor,
                tax_minor=guess.tax_minor,
                tax_kind=guess.tax_kind,
                version=guess.version,
                lines=[dataclasses.asdict(line) for line in guess.lines],
                created_at=at,
            )
        )
    insert(rows)
    return rows


def _declared(quoted: QuotedOrder) -> dict[uuid.UUID, Declared]:
    found: dict[uuid.UUID, Declared] = {}
    for line in quoted.sent_lines:
        row = Declared(line.variant.hs_code, line.quantity, line.total_minor)
        known = found.get(line.variant.variant_id)
        found[line.variant.variant_id] = row if known is None else known + row
    return found
