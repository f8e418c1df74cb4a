"""The packing bench: an order's code, its articles' codes, the tracking number; one field, by a hand scanner or the keyboard."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.shipping import bench
from backoffice.shipping.bench import Bench
from backoffice.shipping.errors import NotCounted
from core.backoffice.base import actor_of, plain_text
from core.errors import DomainError
from logistics.carrier_selectors import Way, way_called, ways_of
from logistics.selectors import shipments_of
from merchants.admin import merchant_site
from merchants.admin.site import duty_is_changeable, merchant_of
from merchants.permissions import Duty
from orders.models import MerchantOrder
from orders.services.dispatching import dispatch_order

ORDER, ITEMS, PARCEL = "order", "items", "parcel"


def scan(request: HttpRequest) -> HttpResponse:
    """The bench as it is, and after what was scanned."""
    ways = ways_of(merchant_of(request).pk)
    carrier = plain_text(request.POST.get("carrier", ""), 60)
    context: dict[str, Any] = {"bench": None, "step": ORDER, "said": "", "is_wrong": False, "carrier": carrier, "ways": ways}
    context["way"] = way_called(ways, carrier)
    status = 200
    if request.method == "POST" and not duty_is_changeable(request, Duty.SHIPMENTS):
        raise PermissionDenied
    code = plain_text(request.POST.get("code", "") or request.GET.get("order", ""), 200)
    if request.method == "POST" or code:
        try:
            _take_up(request, context)
            _scanned(request, context, code)
        except DomainError as error:
            context.update(said=str(error), is_wrong=True)
            # A page that swaps its parts shows no answer that is an error.
            status = 200 if request.headers.get("HX-Request") else error.status
    frame = {**merchant_site.each_context(request), "title": _("Scan and pack"), "may_ship": duty_is_changeable(request, Duty.SHIPMENTS)}
    return TemplateResponse(request, "backoffice/scan.html", {**frame, **context}, status=status)


def _take_up(request: HttpRequest, context: dict[str, Any]) -> None:
    """The order on the bench with its counts, as the page had it."""
    number = request.POST.get("order", "")
    if not number or request.POST.get("action") == "clear":
        return
    counted = {name.removeprefix("count-"): str(value) for name, value in request.POST.items() if name.startswith("count-")}
    context["bench"] = found = bench.open_order(merchant_of(request), number, counted)
    context["step"] = PARCEL if found.is_complete or request.POST.get("step") == PARCEL else ITEMS


def _scanned(request: HttpRequest, context: dict[str, Any], code: str) -> None:
    found: Bench | None = context["bench"]
    action = request.POST.get("action", "")
    if action == "clear":
        context["said"] = _("Scan an order.")
    elif found is None:
        context["bench"] = found = bench.open_order(merchant_of(request), code)
        context.update(step=ITEMS, said=_("Order %(number)s is open. Scan its items.") % {"number": found.order.number})
    elif action == "part":
        if not found.counted:
            raise NotCounted
        context.update(step=PARCEL, said=" ".join([_("Only what is counted goes."), _what_next(context["way"])]))
    elif not code and not _is_ready(context):
        context["said"] = _to_go(found)
    elif context["step"] == ITEMS:
        _count(context, found, code)
    else:
        _ship(request, context, found, code)


def _is_ready(context: dict[str, Any]) -> bool:
    """Whether Enter alone sends the parcel: its carrier makes the number."""
    return context["step"] == PARCEL and not context["way"].needs_number


def _what_next(way: Way) -> str:
    if way.needs_number:
        return _("Scan the tracking number.")
    return _("Press Enter: %(carrier)s gives the number.") % {"carrier": way.names[0]}


def _count(context: dict[str, Any], found: Bench, code: str) -> None:
    counted = bench.count(found, code)
    context["bench"] = counted
    if counted.is_complete:
        context.update(step=PARCEL, said=" ".join([_("Everything is in the parcel."), _what_next(context["way"])]))
        return
    context["said"] = _to_go(counted)


def _to_go(found: Bench) -> str:
    left = sum(article.due - article.counted for article in found.articles)
    return ngettext("%(count)d piece to go.", "%(count)d pieces to go.", left) % {"count": left}


def _ship(request: HttpRequest, context: dict[str, Any], found: Bench, code: str) -> None:
    way: Way = context["way"]
    order = dispatch_order(
        order_id=found.order.pk,
        way=way.key,
        carrier=context["carrier"],
        tracking_number=bench.tracking_number(found, way, code),
        actor=actor_of(request, "merchant"),
        at=timezone.now(),
        pieces=found.counted,
    )
    whole, part = _("Order %(number)s is shipped. Scan the next order."), _("A part of order %(number)s is shipped. Scan the next order.")
    said = (whole if order.shipped_at else part) % {"number": order.number}
    context.update(bench=None, step=ORDER, said=said if way.needs_number else f"{_made_number(order)} {said}")


def _made_number(order: MerchantOrder) -> str:
    """What has to stand on the parcel, where the carrier made it."""
    newest = shipments_of(order.pk).order_by("-shipped_at", "-pk").first()
    return _("Tracking number: %(number)s.") % {"number": newest.tracking_number if newest else ""}
