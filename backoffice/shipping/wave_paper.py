"""The pick list of a wave as PDF: what to fetch in the order of the walk, and into which totes it goes."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.pdf import Column, Document
from logistics.floor.selectors import Stop, WaveView
from merchants.models import Merchant


def wave_list(merchant: Merchant, view: WaveView, *, at: dt.datetime) -> bytes:
    """The PDF, in the active language."""
    moment = formats.date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
    document = Document(_("Pick list"), get_language() or "en", number=moment, foot=merchant.text("name"))
    document.heading(_("Wave %(number)s") % {"number": view.wave.number})
    count = len(view.totes)
    orders = ngettext("%(count)d order", "%(count)d orders", count) % {"count": count}
    document.paragraph(f"{view.wave.warehouse.text('name')} · {orders} · {view.wave.distance_cm / 100:.0f} m")
    positions = {tote.pk: tote.position for tote in view.totes}
    columns = [
        Column(_("Bin"), grow=2), Column(_("SKU"), grow=2), Column(_("Item"), grow=4), Column(_("Totes"), grow=2),
        Column(_("Quantity"), amount=True),
    ]  # fmt: skip
    cells = [[stop.bin.code if stop.bin else "–", *_item(stop), _totes(stop, positions), str(stop.wanted)] for stop in view.stops]
    document.table(columns, cells, totals=[[_("Total"), "", "", "", str(view.pieces)]])
    return document.render()


def _item(stop: Stop) -> list[str]:
    variant = stop.stock.variant
    options = " · ".join(map(str, variant.options.values()))
    return [variant.sku, f"{variant.product.text('title')}\n{options}".strip()]


def _totes(stop: Stop, positions: Mapping[uuid.UUID, int]) -> str:
    """Such as "1: 2, 4: 1": two pieces into the first tote, one into the fourth."""
    return ", ".join(f"{positions[pick.tote_id]}: {pick.wanted}" for pick in stop.picks if pick.wanted)
