"""Why an order is sent from where it is, in words."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.backoffice.display import money
from logistics.models import Reservation
from logistics.selectors import promises_of

WHY_NOT = {
    "not_served": gettext_lazy("does not send to this address"),
    "short": gettext_lazy("does not have all of it"),
    "costlier": gettext_lazy("a parcel from there costs more"),
    "farther": gettext_lazy("is farther away"),
    "later": gettext_lazy("sends later"),
    "lower_rank": gettext_lazy("comes later in your order of warehouses"),
}


def plan_of(group: uuid.UUID) -> list[dict[str, Any]]:
    """The warehouses of a merchant order in words: what each sends, why it, and why not the others. One statement."""
    found: dict[uuid.UUID, dict[str, Any]] = {}
    for row in promises_of(group):
        warehouse = row.stock.warehouse
        entry = found.setdefault(
            warehouse.pk,
            {"name": str(warehouse), "is_closed": not warehouse.is_active, "goods": [], "facts": _facts(row), "others": _others(row)},
        )
        entry["goods"].append(f"{row.quantity} × {row.stock.variant.sku}")
    return list(found.values())


def _facts(row: Reservation) -> str:
    plan = row.plan
    parcels = plan.get("parcels") or 1
    said = [ngettext("%(count)d parcel", "%(count)d parcels", parcels) % {"count": parcels}]
    if "cost_minor" in plan:
        said.append(money(plan["cost_minor"], plan["currency"]))
    if "metres" in plan:
        said.append(_("%(count)s km away") % {"count": formats.number_format(round(plan["metres"] / 1000))})
    if "leaves_on" in plan:
        said.append(_("sends on %(day)s") % {"day": formats.date_format(dt.date.fromisoformat(plan["leaves_on"]), "SHORT_DATE_FORMAT")})
    if plan.get("chosen_by"):
        said.append(_("chosen by the shopper"))
    if plan.get("moved_from"):
        said.append(_("moved here from %(warehouse)s") % {"warehouse": plan["moved_from"]})
    return " · ".join(said)


def _others(row: Reservation) -> list[tuple[str, str]]:
    return [(code, str(WHY_NOT.get(why, why))) for code, why in row.plan.get("passed_over", {}).items()]
