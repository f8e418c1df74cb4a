"""What shoppers pick up in the merchant's stores: to be put aside, ready, and handed over for a code."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.pages.to_ship import key_of
from core.backoffice.base import actor_of, plain_text
from core.backoffice.display import due_label, status_label
from core.errors import DomainError
from logistics.models import PickupPoint
from merchants.admin import merchant_site
from merchants.admin.site import duty_is_changeable, merchant_of
from merchants.permissions import Duty
from orders.admin.display import lines_summary
from orders.errors import PickupNotFound
from orders.models import Pickup
from orders.selectors.pickups import waiting_pickups
from orders.services.pickups import hand_over, put_aside
from orders.states import PickupStatus

PER_PAGE = 50


def pickups(request: HttpRequest) -> HttpResponse:
    """The list; a POST puts an order aside, or hands one over for its code."""
    refusal, status = "", 200
    if request.method == "POST":
        if not duty_is_changeable(request, Duty.SHIPMENTS):
            raise PermissionDenied
        try:
            messages.success(request, _act(request))
            return redirect(f"{reverse('merchant:pick-ups')}?{request.GET.urlencode()}")
        except DomainError as error:
            refusal, status = str(error), error.status
    return TemplateResponse(request, "backoffice/pickups.html", _context(request, refusal), status=status)


def _act(request: HttpRequest) -> str:
    said: dict[str, Any] = {"merchant_id": merchant_of(request).pk, "actor": actor_of(request, "merchant"), "at": timezone.now()}
    if request.POST.get("action") == "ready":
        order_id = key_of(request.POST.get("order", ""))
        if order_id is None:
            raise PickupNotFound
        put_aside(order_id=order_id, **said)
        return _("The shopper is told that the goods are ready.")
    order = hand_over(code=plain_text(request.POST.get("code", ""), 60), tried_by=[f"user:{request.user.pk}"], **said)
    if order.checkout.is_cash:
        return _("Order %(number)s is handed over. Have you taken the cash?") % {"number": order.number}
    return _("Order %(number)s is handed over.") % {"number": order.number}


def _context(request: HttpRequest, refusal: str) -> dict[str, Any]:
    merchant, now = merchant_of(request), timezone.now()
    points = list(PickupPoint.objects.for_merchant(merchant).select_related("warehouse__merchant").order_by("warehouse__code"))
    point = next((row for row in points if str(row.warehouse_id) == request.GET.get("store")), None)
    waiting = waiting_pickups(merchant, warehouse_id=point.warehouse_id if point else None)
    page = Paginator(waiting, PER_PAGE).get_page(request.GET.get("page"))
    return {
        **merchant_site.each_context(request),
        "title": _("Pick-ups"),
        "rows": [_row(pickup, now) for pickup in page.object_list],
        "page": page,
        "query": f"store={point.warehouse_id}&" if point else "",
        "points": points,
        "store": point,
        "refusal": refusal,
        "may_ship": duty_is_changeable(request, Duty.SHIPMENTS),
    }


def _row(pickup: Pickup, now: dt.datetime) -> dict[str, Any]:
    is_ready = pickup.status == PickupStatus.READY
    return {
        "pickup": pickup,
        "order": pickup.order,
        "items": lines_summary(pickup.order),
        "state": status_label(pickup),
        "due": due_label(pickup.keep_until if is_ready else pickup.promised_at, now),
        "is_ready": is_ready,
    }
