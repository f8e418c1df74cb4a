"""The driver's page for the phone: one vehicle's stops of one day, in order, each with two large buttons.

It lies behind the sign-in of the back office and not behind a secret link: a link that is passed on would show shoppers' names,
addresses and telephone numbers to whoever has it. While its day lasts it is there, afterwards it is not.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.backoffice.base import actor_of
from core.backoffice.display import money, status_label
from core.errors import DomainError
from logistics.errors import NotFound
from logistics.models import RouteStop, VehicleRoute
from logistics.routes import services
from logistics.routes.selectors import route_to_drive
from logistics.states import RouteStopStatus
from merchants.admin import merchant_site
from merchants.admin.site import duty_is_changeable, merchant_of
from merchants.permissions import Duty


def drive(request: HttpRequest, route_id: uuid.UUID) -> HttpResponse:
    """The route, and what the driver says of each stop; the same said twice is one answer."""
    route, stops = _own(request, route_id)
    refusal, status = "", 200
    if request.method == "POST":
        if not duty_is_changeable(request, Duty.SHIPMENTS):
            raise PermissionDenied
        try:
            _act(request, route)
            return redirect("merchant:drive", route_id=route_id)
        except DomainError as error:
            refusal, status = str(error), error.status
            route, stops = _own(request, route_id)
    return TemplateResponse(request, "backoffice/drive.html", _context(request, route, stops, refusal), status=status)


def _own(request: HttpRequest, route_id: uuid.UUID) -> tuple[VehicleRoute, list[RouteStop]]:
    found = route_to_drive(merchant_of(request), route_id, timezone.now())
    if found is None:
        raise Http404
    return found


def _act(request: HttpRequest, route: VehicleRoute) -> None:
    of_route: dict[str, Any] = {
        "route_id": route.pk,
        "merchant_id": route.merchant_id,
        "actor": actor_of(request, "merchant"),
        "at": timezone.now(),
    }
    action = request.POST.get("action", "")
    if action == "depart":
        services.depart(**of_route)
    elif action == "delivered":
        services.deliver_stop(stop_id=_key(request), **of_route)
    elif action == "failed":
        services.fail_stop(stop_id=_key(request), reason=_reason(request), **of_route)


def _key(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("stop", ""))
    except ValueError:
        raise NotFound from None


def reasons() -> dict[str, str]:
    """What usually goes wrong at a door."""
    return {
        "absent": _("Nobody was there"),
        "refused": _("The parcel was refused"),
        "address": _("The address was not found"),
        "damaged": _("The parcel is damaged"),
    }


def _reason(request: HttpRequest) -> str:
    own = request.POST.get("other", "").strip()
    return own or reasons().get(request.POST.get("reason", ""), "")


def _context(request: HttpRequest, route: VehicleRoute, stops: list[RouteStop], refusal: str) -> dict[str, Any]:
    following = next((stop for stop in stops if stop.status == RouteStopStatus.PENDING), None)
    return {
        **merchant_site.each_context(request),
        "title": route.vehicle.name,
        "route": route,
        "stops": [(stop, status_label(stop), money(stop.collect_minor, stop.currency) if stop.collect_minor else "") for stop in stops],
        "following": following,
        "left": sum(stop.status == RouteStopStatus.PENDING for stop in stops),
        "refusal": refusal,
        "reasons": reasons(),
        "may_change": duty_is_changeable(request, Duty.SHIPMENTS),
    }
