"""The picking page for the phone: the stops of a wave in the order of the walk, to be confirmed by a tap or a scan.

Each form carries a token made with the page. A confirmation that is sent again because its answer was lost counts once.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.floor_map import metres
from backoffice.pages.to_ship import key_of
from backoffice.pages.waves import name_of, own_wave
from core.backoffice.base import actor_of, plain_text
from core.backoffice.display import status_label
from core.errors import DomainError
from core.ids import uuid7
from logistics.errors import InvalidQuantity, NotFound
from logistics.floor import services
from logistics.floor.selectors import Stop, WaveView
from logistics.floor.services import Scan
from logistics.floor.services.picking import Placed
from logistics.states import WaveStatus
from merchants.admin import merchant_site
from merchants.admin.site import duty_is_changeable
from merchants.permissions import Duty

PICKABLE = {WaveStatus.PLANNED, WaveStatus.PICKING, WaveStatus.PICKED}


def wave_pick(request: HttpRequest, wave_id: uuid.UUID) -> HttpResponse:
    """The stops, and the answer to what was tapped or scanned."""
    view = own_wave(request, wave_id)
    said, is_wrong, status = "", False, 200
    if request.method == "POST":
        if not duty_is_changeable(request, Duty.SHIPMENTS):
            raise PermissionDenied
        try:
            said = _confirm(request, scan_of(request, view))
        except DomainError as error:
            # A page that swaps its parts shows no answer that is an error.
            said, is_wrong, status = str(error), True, 200 if request.headers.get("HX-Request") else error.status
        view = own_wave(request, wave_id)
    context = _context(request, view) | {"said": said, "is_wrong": is_wrong}
    return TemplateResponse(request, "backoffice/wave_pick.html", context, status=status)


def scan_of(request: HttpRequest, view: WaveView) -> Scan:
    """What identifies a confirmation; without a token of its own every one is new."""
    token = key_of(request.POST.get("token", "")) or uuid7()
    return Scan(view.wave.pk, view.wave.merchant_id, token, actor_of(request, "merchant"), timezone.now())


def _confirm(request: HttpRequest, scan: Scan) -> str:
    if request.POST.get("action", "") == "scan":
        return _into(services.pick_by_code(scan=scan, code=plain_text(request.POST.get("code", ""), 200)))
    stock_id = key_of(request.POST.get("stock", ""))
    if stock_id is None:
        raise NotFound
    if request.POST.get("action", "") == "short":
        placed = services.report_short(scan=scan, stock_id=stock_id, missing=_pieces(request), reason=_reason(request))
        said = ", ".join(_("%(pieces)s × %(sku)s for tote %(tote)s") % _named(row) for row in placed)
        return _("Missing: %(what)s. The shelf is to be counted.") % {"what": said} if placed else _counted()
    return _into(services.pick_pieces(scan=scan, stock_id=stock_id))


def _into(placed: list[Placed]) -> str:
    """Where the pieces go, in words."""
    return ", ".join(_("%(pieces)s × %(sku)s into tote %(tote)s") % _named(row) for row in placed) or _counted()


def _named(row: Placed) -> dict[str, Any]:
    return {"pieces": row.pieces, "sku": row.sku, "tote": row.tote}


def _counted() -> str:
    return _("This is counted already.")


def _pieces(request: HttpRequest) -> int:
    text = request.POST.get("missing", "")
    if not (text.isascii() and text.isdigit() and len(text) <= 7):
        raise InvalidQuantity(lowest=1, highest=1_000_000)
    return int(text)


def reasons() -> dict[str, str]:
    """What usually is wrong at a bin."""
    return {
        "empty": _("The bin is empty"),
        "fewer": _("Fewer pieces than expected"),
        "damaged": _("Pieces are damaged"),
        "other": _("Something else lies there"),
    }


def _reason(request: HttpRequest) -> str:
    return plain_text(request.POST.get("note", ""), 200) or reasons().get(request.POST.get("reason", ""), "")


def _context(request: HttpRequest, view: WaveView) -> dict[str, Any]:
    return {
        **merchant_site.each_context(request),
        "title": _("Pick wave %(number)s") % {"number": view.wave.number},
        "view": view,
        "wave": view.wave,
        "label": status_label(view.wave),
        "metres": metres(view.wave.distance_cm),
        "to_do": [_row(view, stop) for stop in view.stops if stop.to_pick],
        "done": [_row(view, stop) for stop in view.stops if not stop.to_pick],
        "reasons": reasons(),
        "token": uuid7(),
        "may_change": duty_is_changeable(request, Duty.SHIPMENTS) and view.wave.status in PICKABLE,
    }


def _row(view: WaveView, stop: Stop) -> dict[str, Any]:
    positions = {tote.pk: tote.position for tote in view.totes}
    totes = [(positions[pick.tote_id], pick.to_pick) for pick in stop.picks if pick.to_pick]
    return {"stop": stop, "name": name_of(stop.stock), "totes": totes, "token": uuid7()}
