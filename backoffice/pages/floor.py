"""The floors of a merchant's warehouses: how the aisles lie, which bins there are, and what lies in which."""

from __future__ import annotations

import csv
import io
import uuid
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.floor_map import floor_map, metres
from backoffice.shipping.numbers import text_of
from core.backoffice.base import plain_text
from core.errors import DomainError
from logistics.floor import services
from logistics.floor.errors import InvalidLayout
from logistics.floor.selectors import FloorView, floor_view
from logistics.floor.services.bins import Sizes
from logistics.models import Warehouse
from merchants.admin import merchant_site
from merchants.admin.site import duty_is_changeable, merchant_of
from merchants.permissions import Duty


def floors(request: HttpRequest) -> HttpResponse:
    """The warehouses, each with how many bins it has."""
    rows = Warehouse.objects.for_merchant(merchant_of(request)).select_related("merchant").annotate(bin_count=Count("bins"))
    context = {**merchant_site.each_context(request), "title": _("Bins"), "rows": rows.order_by("priority", "code")}
    return TemplateResponse(request, "backoffice/floors.html", context)


def floor(request: HttpRequest, warehouse_id: uuid.UUID) -> HttpResponse:
    """One floor; its forms say by `action` what should happen."""
    warehouse = Warehouse.objects.for_merchant(merchant_of(request)).select_related("merchant").filter(pk=warehouse_id).first()
    if warehouse is None:
        raise Http404
    refusal, status = "", 200
    if request.method == "POST":
        if not duty_is_changeable(request, Duty.STOCK):
            raise PermissionDenied
        try:
            messages.success(request, _act(request, warehouse))
            return redirect("merchant:floor", warehouse_id=warehouse_id)
        except DomainError as error:
            refusal, status = str(error), error.status
    return TemplateResponse(request, "backoffice/floor.html", _context(request, floor_view(warehouse), refusal), status=status)


def _act(request: HttpRequest, warehouse: Warehouse) -> str:
    """What has happened, in words."""
    action = request.POST.get("action", "")
    keys: dict[str, Any] = {"merchant_id": warehouse.merchant_id, "warehouse_id": warehouse.pk}
    if action == "layout":
        services.lay_out_floor(**keys, sizes=_sizes(request))
        return _("The layout is saved.")
    if action == "bin":
        made = services.save_bin(**keys, code=plain_text(request.POST.get("code", ""), 40), at=timezone.now())
        return _("Bin %(bin)s is there.") % {"bin": made.code}
    if action == "grid":
        texts: dict[str, Any] = {name: plain_text(request.POST.get(name, ""), 80) for name in ("zone", "aisles", "racks", "levels")}
        count = services.make_grid(**keys, **texts, at=timezone.now())
        return ngettext("%(count)d bin is new.", "%(count)d bins are new.", count) % {"count": count}
    count = services.assign_bins(**keys, rows=_rows(request))
    return ngettext("%(count)d article has another bin now.", "%(count)d articles have another bin now.", count) % {"count": count}


def _sizes(request: HttpRequest) -> Sizes:
    crossings = request.POST.get("crossings", "").replace("，", ",").replace(";", ",").split(",")
    return Sizes(
        gap_cm=_centimetres(request.POST.get("gap", "")),
        rack_cm=_centimetres(request.POST.get("rack", "")),
        length_cm=_centimetres(request.POST.get("length", "")),
        crossings_cm=tuple(_centimetres(text) for text in crossings if text.strip()),
        pack_aisle=_whole(request.POST.get("pack", "")),
    )


def _centimetres(text: str) -> int:
    """Metres as people type them, such as 2.5; raises InvalidLayout."""
    try:
        found = Decimal(text.strip().replace(",", ".")[:12])
    except InvalidOperation:
        raise InvalidLayout from None
    if not found.is_finite() or not 0 < found < 10_000:
        raise InvalidLayout
    return int(found * 100)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise InvalidLayout
    return int(text)


def _rows(request: HttpRequest) -> list[tuple[str, str]]:
    """SKU and bin by line, with a comma, semicolon or tab between them; a line of headings does not count."""
    uploaded = request.FILES.get("file")
    text = text_of(uploaded.read()) if uploaded else request.POST.get("text", "")
    sample = text.replace("，", ",").replace("；", ";")
    lines = [line for line in sample.splitlines() if line.strip()]
    mark = next((sign for sign in ("\t", ";", ",") if lines and sign in lines[0]), ",")
    cells = [[plain_text(cell, 80) for cell in row] for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=mark)]
    rows = [(row[0], row[1] if len(row) > 1 else "") for row in cells if row]
    return rows[1:] if rows and rows[0][0].casefold() in {"sku", "货号", "商家编码"} else rows


def _context(request: HttpRequest, view: FloorView, refusal: str) -> dict[str, Any]:
    plan = view.plan
    return {
        **merchant_site.each_context(request),
        "title": _("Bins of %(warehouse)s") % {"warehouse": view.warehouse},
        "view": view,
        "warehouse": view.warehouse,
        "map": floor_map(plan.layout, [spot for spot, _levels in view.spots], view.aisles),
        "sizes": {
            "gap": metres(plan.gap_cm), "rack": metres(plan.rack_cm), "length": metres(plan.length_cm),
            "crossings": ", ".join(metres(cm) for cm in plan.crossings_cm), "pack": plan.pack_aisle,
        },
        "typed": request.POST,
        "refusal": refusal,
        "may_change": duty_is_changeable(request, Duty.STOCK),
    }  # fmt: skip
