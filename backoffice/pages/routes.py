"""Own delivery: the days, and the one page on which a day goes from its parcels to its routes."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext as _

from backoffice.route_map import route_map
from core.backoffice.base import actor_of
from core.backoffice.display import money, status_label
from core.drawn_maps import letter
from core.errors import DomainError
from logistics.errors import NotFound
from logistics.routes import services
from logistics.routes.errors import DayPassed, InvalidPlace, InvalidWindow
from logistics.routes.selectors import DayPlan, day_plan, plans_of
from merchants.admin import merchant_site
from merchants.admin.site import duty_is_changeable, merchant_of
from merchants.permissions import Duty

PER_PAGE = 30


def routes(request: HttpRequest) -> HttpResponse:
    """The days of own delivery, the latest first."""
    page = Paginator(plans_of(merchant_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **merchant_site.each_context(request),
        "title": _("Own delivery"),
        "page": page,
        "rows": [(plan, status_label(plan), money(plan.cost_minor, plan.currency)) for plan in page.object_list],
    }
    return TemplateResponse(request, "backoffice/routes.html", context)


def route_plan(request: HttpRequest, plan_id: uuid.UUID) -> HttpResponse:
    """One day; its forms say by `action` what should happen."""
    day = _own(request, plan_id)
    refusal, status = "", 200
    if request.method == "POST":
        if not duty_is_changeable(request, Duty.SHIPMENTS):
            raise PermissionDenied
        try:
            _act(request, day)
            return redirect("merchant:route-plan", plan_id=plan_id)
        except DomainError as error:
            refusal, status = str(error), error.status
            day = _own(request, plan_id)
    return TemplateResponse(request, "backoffice/route_plan.html", _context(request, day, refusal), status=status)


def _own(request: HttpRequest, plan_id: uuid.UUID) -> DayPlan:
    day = day_plan(merchant_of(request), plan_id)
    if day is None:
        raise Http404
    return day


def _act(request: HttpRequest, day: DayPlan) -> None:
    action = request.POST.get("action", "")
    of_plan: dict[str, Any] = {"plan_id": day.plan.pk, "merchant_id": day.plan.merchant_id}
    about: dict[str, Any] = {"actor": actor_of(request, "merchant"), "at": timezone.now()}
    if action == "plan":
        services.ask_for_routes(**of_plan, **about)
    elif action == "depot":
        latitude, longitude = _place(request)
        if latitude is None or longitude is None:
            raise InvalidPlace
        services.set_depot(**of_plan, latitude=latitude, longitude=longitude)
    elif action == "stop":
        _describe(request, day)
        messages.success(request, _("Saved. Plan the day again to take it into account."))
    elif action == "move":
        stop = services.move_stop(stop_id=_key(request), merchant=merchant_of(request), day=_day(request), **about)
        messages.success(request, _("%(parcel)s is on the plan of another day.") % {"parcel": stop.label})


def _describe(request: HttpRequest, day: DayPlan) -> None:
    latitude, longitude = _place(request)
    services.describe_stop(
        stop_id=_key(request),
        merchant_id=day.plan.merchant_id,
        latitude=latitude,
        longitude=longitude,
        window_from=_time(request, "from"),
        window_until=_time(request, "until"),
        service_minutes=_minutes(request),
        note=request.POST.get("note", ""),
    )


def _key(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("stop", ""))
    except ValueError:
        raise NotFound from None


def _place(request: HttpRequest) -> tuple[Decimal | None, Decimal | None]:
    """A position as people copy it from a map, such as "30.2741, 120.1551"; nothing for nothing."""
    text = request.POST.get("place", "").replace("，", ",").strip()
    if not text:
        return None, None
    try:
        latitude, longitude = (round(Decimal(part.strip()), 6) for part in text.split(","))
    except (ValueError, InvalidOperation):
        raise InvalidPlace from None
    return latitude, longitude


def _time(request: HttpRequest, name: str) -> dt.time | None:
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        found = parse_time(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None:
        raise InvalidWindow
    return found


def _minutes(request: HttpRequest) -> int:
    text = request.POST.get("minutes", "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else 5


def _day(request: HttpRequest) -> dt.date:
    try:
        found = parse_date(request.POST.get("day", "").strip())
    except ValueError:
        found = None
    if found is None:
        raise DayPassed
    return found


def _context(request: HttpRequest, day: DayPlan, refusal: str) -> dict[str, Any]:
    plan = day.plan
    job = plan.job
    sums = [(_("Distance"), plan.distance_minor), (_("Stops"), plan.stops_minor), (_("Vehicles"), plan.vehicles_minor)]
    return {
        **merchant_site.each_context(request),
        "title": _("Own delivery"),
        "day": day,
        "plan": plan,
        "label": status_label(plan),
        "refusal": refusal,
        "typed": request.POST,
        "may_change": duty_is_changeable(request, Duty.SHIPMENTS),
        "is_moving": plan.asked_at is not None,
        "percent": job.percent if job else None,
        "has_failed": plan.asked_at is None and job is not None and job.status == "failed",
        "map": route_map(day),
        "routes": [_route(number, route) for number, route in enumerate(day.routes)],
        "sums": [(name, money(minor, plan.currency)) for name, minor in sums],
        "total": money(plan.cost_minor, plan.currency),
        "km": f"{plan.distance_m / 1000:.1f}",
        "today": timezone.localdate(),
    }


def _route(number: int, route: Any) -> dict[str, Any]:
    stops = list(route.stops.all())
    return {
        "route": route,
        "letter": letter(number),
        "tone": number % 8,
        "km": f"{route.distance_m / 1000:.1f}",
        "cost": money(route.cost_minor, route.vehicle.currency),
        "kilograms": f"{sum(stop.weight_g for stop in stops) / 1000:.1f}",
        "pieces": sum(stop.pieces for stop in stops),
        "stops": [(stop, status_label(stop), f"{letter(number)}{stop.sequence}") for stop in stops],
    }
