"""The queue of orders to send, and the papers of those that are chosen."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.shipping.errors import NothingChosen
from backoffice.shipping.labels import draw_labels, labels_of
from backoffice.shipping.papers import DueByOrder, packing_slips, pick_list
from core.backoffice.base import plain_text
from core.backoffice.display import due_label, label
from core.errors import DomainError
from logistics.carrier_selectors import ways_of
from logistics.models import Warehouse
from merchants.admin import merchant_site
from merchants.admin.site import duty_is_changeable, merchant_of
from merchants.permissions import Duty
from orders.models import MerchantOrder
from orders.selectors.shipping import cash_at_the_door, due_by_order, parcels_sent, queue_to_ship

PER_PAGE = 50
MOST_CHOSEN = 200
PAPERS = ("pick-list", "packing-slips", "labels", "labels-a4")


def to_ship(request: HttpRequest) -> HttpResponse:
    """What is to be sent, the most urgent first; a POST answers with a paper about the orders chosen."""
    refusal, status = "", 200
    if request.method == "POST":
        try:
            return _paper(request)
        except DomainError as error:
            refusal, status = str(error), error.status
    return TemplateResponse(request, "backoffice/to_ship.html", _context(request, refusal), status=status)


def chosen_orders(request: HttpRequest) -> list[MerchantOrder]:
    """Those of the merchant's orders to send whose keys were posted, the most urgent first.

    Raises:
        NothingChosen: none of them is one.
    """
    keys = [key for text in request.POST.getlist("order")[:MOST_CHOSEN] if (key := key_of(text))]
    orders = list(queue_to_ship(merchant_of(request)).filter(pk__in=keys)) if keys else []
    if not orders:
        raise NothingChosen
    return orders


def key_of(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _paper(request: HttpRequest) -> HttpResponse:
    paper = request.POST.get("paper", "")
    if paper not in PAPERS:
        raise NothingChosen
    orders = chosen_orders(request)
    answer = HttpResponse(_drawn(request, paper, orders, due_by_order(orders)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{paper}-{timezone.localtime():%Y%m%d-%H%M}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _drawn(request: HttpRequest, paper: str, orders: list[MerchantOrder], due: DueByOrder) -> bytes:
    merchant = merchant_of(request)
    if paper == "pick-list":
        return pick_list(merchant, orders, due, at=timezone.now())
    if paper == "packing-slips":
        return packing_slips(merchant, orders, due, note=plain_text(request.POST.get("note", ""), 300))
    carrier = plain_text(request.POST.get("carrier", ""), 60)
    sent = parcels_sent([order.pk for order in orders])
    labels = labels_of(merchant, orders, due, sent=sent, cash=cash_at_the_door(orders), carrier=carrier)
    return draw_labels(labels, on_a4=paper == "labels-a4")


def _context(request: HttpRequest, refusal: str) -> dict[str, Any]:
    merchant, now = merchant_of(request), timezone.now()
    search = plain_text(request.GET.get("q", ""), 80)
    houses = list(Warehouse.objects.for_merchant(merchant).order_by("priority", "code"))
    warehouse = next((house for house in houses if str(house.pk) == request.GET.get("warehouse")), None)
    is_overdue = request.GET.get("overdue") == "1"
    rows = queue_to_ship(merchant, search=search, warehouse_id=warehouse.pk if warehouse else None, overdue_at=now if is_overdue else None)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    orders = list(page.object_list)
    due = due_by_order(orders)
    asked = {"q": search, "warehouse": str(warehouse.pk) if warehouse else "", "overdue": "1" if is_overdue else ""}
    chosen = set(request.POST.getlist("order"))
    return {
        **merchant_site.each_context(request),
        "title": _("To ship"),
        "rows": [_row(order, due, now, is_chosen=str(order.pk) in chosen) for order in orders],
        "page": page,
        "query": urlencode(asked) + "&",
        "search": search,
        "warehouses": houses,
        "warehouse": warehouse,
        "is_overdue": is_overdue,
        "refusal": refusal,
        "may_ship": duty_is_changeable(request, Duty.SHIPMENTS),
        "carrier": plain_text(request.POST.get("carrier", ""), 60),
        "ways": ways_of(merchant.pk),
        "note": plain_text(request.POST.get("note", ""), 300),
    }


def _row(order: MerchantOrder, due: DueByOrder, now: Any, *, is_chosen: bool) -> dict[str, Any]:
    items = due[order.pk]
    return {
        "order": order,
        "due": due_label(order.ship_by, now),
        "part": label(_("part sent"), "warning") if order.part_shipped_at else "",
        "items": items,
        "houses": _unique(item.warehouse.text("name") for item in items),
        "is_chosen": is_chosen,
    }


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
