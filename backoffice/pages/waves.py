"""Waves: the list, how they come out of the queue of orders to send, and the page of one."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.floor_map import metres, wave_map
from backoffice.pages.to_ship import chosen_orders, key_of, pdf_answer
from backoffice.shipping.errors import NoWarehouse
from backoffice.shipping.wave_paper import wave_list
from core.backoffice.base import actor_of, plain_text
from core.backoffice.display import TONES, role_of_actor, status_label
from core.errors import DomainError
from core.states import history
from logistics.errors import NotFound
from logistics.floor import services
from logistics.floor.selectors import Stop, WaveView, wave_view, waves_of
from logistics.models import Stock, Warehouse, Wave
from logistics.states import WaveStatus
from merchants.admin import merchant_site
from merchants.admin.site import duty_is_changeable, merchant_of
from merchants.permissions import Duty
from orders.models import MerchantOrder
from orders.selectors.shipping import due_by_order

PER_PAGE = 30


def waves(request: HttpRequest) -> HttpResponse:
    """The waves, the newest first; a POST with orders of the queue makes one of them."""
    refusal, status = "", 200
    if request.method == "POST":
        if not duty_is_changeable(request, Duty.SHIPMENTS):
            raise PermissionDenied
        try:
            return redirect("merchant:wave", wave_id=_make(request).pk)
        except DomainError as error:
            refusal, status = str(error), error.status
    page = Paginator(waves_of(merchant_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **merchant_site.each_context(request),
        "title": _("Waves"),
        "page": page,
        "rows": [(wave, status_label(wave), metres(wave.distance_cm)) for wave in page.object_list],
        "refusal": refusal,
    }
    return TemplateResponse(request, "backoffice/waves.html", context, status=status)


def _make(request: HttpRequest) -> Wave:
    orders = chosen_orders(request)
    return services.make_wave(
        merchant_id=merchant_of(request).pk,
        warehouse_id=_house(request, orders),
        orders={order.pk: order.number for order in orders},
        actor=actor_of(request, "merchant"),
        at=timezone.now(),
    )


def _house(request: HttpRequest, orders: list[MerchantOrder]) -> uuid.UUID:
    """The warehouse that was chosen, or the only one in which the orders wait.

    Raises:
        NoWarehouse: none was chosen, and they wait in several.
    """
    if text := request.POST.get("house", ""):
        found = Warehouse.objects.for_merchant(merchant_of(request)).filter(pk=key_of(text)).first()
        if found is None:
            raise NotFound
        return uuid.UUID(str(found.pk))
    houses = {row.warehouse.pk for rows in due_by_order(orders).values() for row in rows}
    if len(houses) != 1:
        raise NoWarehouse
    return uuid.UUID(str(houses.pop()))


def wave(request: HttpRequest, wave_id: uuid.UUID) -> HttpResponse:
    """One wave: its walk, its orders, its history; its forms say by `action` what should happen."""
    view = own_wave(request, wave_id)
    refusal, status = "", 200
    if request.method == "POST":
        if not duty_is_changeable(request, Duty.SHIPMENTS):
            raise PermissionDenied
        try:
            return _act(request, view)
        except DomainError as error:
            refusal, status = str(error), error.status
            view = own_wave(request, wave_id)
    return TemplateResponse(request, "backoffice/wave.html", _context(request, view, refusal), status=status)


def own_wave(request: HttpRequest, wave_id: uuid.UUID) -> WaveView:
    """The merchant's wave with this key; raises Http404."""
    view = wave_view(merchant_of(request), wave_id)
    if view is None:
        raise Http404
    return view


def name_of(stock: Stock) -> str:
    """Title and options of what lies on a shelf."""
    return " · ".join([stock.variant.product.text("title"), *map(str, stock.variant.options.values())])


def totes_of(view: WaveView, stop: Stop) -> list[tuple[int, int]]:
    """Which totes the pieces of a stop go into: the tote's number and how many pieces it wants."""
    positions = {tote.pk: tote.position for tote in view.totes}
    return [(positions[pick.tote_id], pick.wanted) for pick in stop.picks if pick.wanted]


def _act(request: HttpRequest, view: WaveView) -> HttpResponse:
    action = request.POST.get("action", "")
    if action == "pick-list":
        return pdf_answer(wave_list(merchant_of(request), view, at=timezone.now()), "wave")
    keys: dict[str, Any] = {"merchant_id": view.wave.merchant_id, "actor": actor_of(request, "merchant"), "at": timezone.now()}
    reason = plain_text(request.POST.get("reason", ""), 200)
    if action == "start":
        services.start_wave(wave_id=view.wave.pk, **keys)
        return redirect("merchant:wave-pick", wave_id=view.wave.pk)
    if action == "drop":
        services.drop_wave(wave_id=view.wave.pk, reason=reason, **keys)
    elif action == "close":
        services.close_wave(wave_id=view.wave.pk, **keys)
    elif action == "drop-tote":
        tote_id = key_of(request.POST.get("tote", ""))
        if tote_id not in {tote.pk for tote in view.totes}:
            raise NotFound
        services.drop_tote(tote_id=tote_id, reason=reason, **keys)
    return redirect("merchant:wave", wave_id=view.wave.pk)


def _context(request: HttpRequest, view: WaveView, refusal: str) -> dict[str, Any]:
    row = view.wave
    return {
        **merchant_site.each_context(request),
        "title": _("Wave %(number)s") % {"number": row.number},
        "view": view,
        "wave": row,
        "label": status_label(row),
        "metres": metres(row.distance_cm),
        "map": wave_map(view.layout, view.stops, view.walk),
        "stops": [(stop, name_of(stop.stock), totes_of(view, stop)) for stop in view.stops],
        "totes": [(tote, status_label(tote), sum(pick.wanted for pick in tote.picks.all())) for tote in view.totes],
        "moves": [_move(change) for change in history(row).reverse()],
        "refusal": refusal,
        "may_change": duty_is_changeable(request, Duty.SHIPMENTS),
        "is_live": row.status in {WaveStatus.PLANNED, WaveStatus.PICKING, WaveStatus.PICKED},
    }


def _move(change: Any) -> dict[str, Any]:
    words = WaveStatus(change.to_status).label
    tone = TONES.get(change.to_status, "neutral")
    return {"at": change.at, "is_step": True, "tone": tone, "label": words, "actor": role_of_actor(change.actor), "reason": change.reason}
