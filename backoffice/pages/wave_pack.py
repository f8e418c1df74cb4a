"""The pack check: each order of a wave is scanned piece by piece, then its parcel is labelled and leaves."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.pages.to_ship import pdf_answer
from backoffice.pages.wave_pick import PICKABLE, scan_of
from backoffice.pages.waves import name_of, own_wave
from backoffice.shipping.errors import UnknownTote
from backoffice.shipping.labels import draw_labels, labels_of
from core.backoffice.base import actor_of, plain_text
from core.backoffice.display import status_label
from core.errors import DomainError
from core.ids import uuid7
from logistics.carrier_selectors import ways_of
from logistics.floor import services
from logistics.floor.errors import ToteNotChecked
from logistics.floor.selectors import WaveView
from logistics.floor.services.packing import is_checked
from logistics.models import WaveTote
from logistics.states import ToteStatus
from merchants.admin import merchant_site
from merchants.admin.site import duty_is_changeable, merchant_of
from merchants.permissions import Duty
from orders.selectors.shipping import cash_at_the_door, due_by_order, parcels_sent, queue_to_ship
from orders.services.totes import send_tote


def wave_pack(request: HttpRequest, wave_id: uuid.UUID) -> HttpResponse:
    """The totes, the one that is on the bench, and the answer to what was scanned."""
    view = own_wave(request, wave_id)
    said, is_wrong, status = "", False, 200
    tote = _asked(view, request.POST.get("tote", "") or request.GET.get("tote", ""))
    if request.method == "POST":
        if not duty_is_changeable(request, Duty.SHIPMENTS):
            raise PermissionDenied
        try:
            if request.POST.get("action") == "label":
                return _label(request, view, tote)
            tote, said = _act(request, view, tote)
        except DomainError as error:
            # A page that swaps its parts shows no answer that is an error.
            said, is_wrong, status = str(error), True, 200 if request.headers.get("HX-Request") else error.status
        view = own_wave(request, wave_id)
    context = _context(request, view, tote) | {"said": said, "is_wrong": is_wrong}
    return TemplateResponse(request, "backoffice/wave_pack.html", context, status=status)


def _asked(view: WaveView, text: str) -> WaveTote | None:
    """A tote of this wave by its key, its number or its order's number."""
    wanted = text.strip().casefold()
    return next((tote for tote in view.totes if wanted and wanted in {str(tote.pk), str(tote.position), tote.label.casefold()}), None)


def _act(request: HttpRequest, view: WaveView, tote: WaveTote | None) -> tuple[WaveTote | None, str]:
    """Which tote is on the bench now, and what is said."""
    action, code = request.POST.get("action", ""), plain_text(request.POST.get("code", ""), 200)
    if action == "other":
        return None, _("Scan a tote or an order.")
    if tote is None:
        found = _asked(view, code)
        if found is None:
            raise UnknownTote(code=code[:40])
        return found, _opened(found)
    if action == "send":
        return None, _send(request, tote)
    if action == "empty":
        return services.empty_tote(tote_id=tote.pk, merchant_id=tote.merchant_id), _opened(tote)
    picks = services.check_piece(scan=scan_of(request, view), tote_id=tote.pk, code=code)
    left = sum(pick.to_pack - pick.packed for pick in picks)
    if not left:
        return tote, _("Everything is in the parcel. Print the label and hand it over.")
    return tote, ngettext("%(count)d piece to go.", "%(count)d pieces to go.", left) % {"count": left}


def _opened(tote: WaveTote) -> str:
    return _("Order %(number)s is open. Scan its items.") % {"number": tote.label}


def _send(request: HttpRequest, tote: WaveTote) -> str:
    order = send_tote(
        tote_id=tote.pk,
        merchant_id=tote.merchant_id,
        way=request.POST.get("way", "")[:40],
        carrier=plain_text(request.POST.get("carrier", ""), 60),
        tracking_number=plain_text(request.POST.get("tracking_number", ""), 60),
        actor=actor_of(request, "merchant"),
        at=timezone.now(),
    )
    whole, part = _("Order %(number)s is shipped. Scan the next order."), _("A part of order %(number)s is shipped. Scan the next order.")
    return (whole if order.shipped_at else part) % {"number": order.number}


def _label(request: HttpRequest, view: WaveView, tote: WaveTote | None) -> HttpResponse:
    """The label of the parcel, as the queue prints it, of what leaves from the wave's warehouse.

    Raises:
        ToteNotChecked: the check is not complete, or the parcel has left.
    """
    if tote is None or tote.status != ToteStatus.OPEN or not is_checked(list(tote.picks.all())):
        raise ToteNotChecked
    orders = list(queue_to_ship(merchant_of(request)).filter(pk=tote.reference))
    due = due_by_order(orders)
    houses = sorted({row.warehouse.code for rows in due.values() for row in rows})
    if view.wave.warehouse.code not in houses:
        raise ToteNotChecked
    carrier = plain_text(request.POST.get("carrier", ""), 60)
    sent = parcels_sent([tote.reference])
    labels = labels_of(merchant_of(request), orders, due, sent=sent, cash=cash_at_the_door(orders), carrier=carrier)
    return pdf_answer(draw_labels([labels[houses.index(view.wave.warehouse.code)]], on_a4=False), "label")


def _context(request: HttpRequest, view: WaveView, tote: WaveTote | None) -> dict[str, Any]:
    fresh = next((row for row in view.totes if tote is not None and row.pk == tote.pk), None)
    picks = [] if fresh is None else list(fresh.picks.all())
    ways = ways_of(view.wave.merchant_id) if fresh is not None else []
    return {
        **merchant_site.each_context(request),
        "title": _("Check wave %(number)s") % {"number": view.wave.number},
        "view": view,
        "wave": view.wave,
        "label": status_label(view.wave),
        "totes": [_row(row) for row in view.totes],
        "tote": fresh,
        "picks": [(pick, name_of(pick.stock)) for pick in picks],
        "is_picked": not any(pick.to_pick for pick in picks),
        "is_complete": fresh is not None and fresh.status == ToteStatus.OPEN and is_checked(picks),
        "ways": ways,
        "way": request.POST.get("way", "") or (ways[0].key if ways else ""),
        "carrier": plain_text(request.POST.get("carrier", ""), 60),
        "token": uuid7(),
        "may_change": duty_is_changeable(request, Duty.SHIPMENTS) and view.wave.status in PICKABLE,
    }


def _row(tote: WaveTote) -> dict[str, Any]:
    picks = list(tote.picks.all())
    return {
        "tote": tote,
        "label": status_label(tote),
        "packed": sum(pick.packed for pick in picks),
        "due": sum(pick.to_pack for pick in picks),
        "to_pick": sum(pick.to_pick for pick in picks) if tote.status == ToteStatus.OPEN else 0,
        "short": sum(pick.short for pick in picks),
    }
