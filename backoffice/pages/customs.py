"""The customs declaration of one parcel that has left."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from backoffice.shipping.declarations import declaration_of, draw_declarations
from logistics.models import Shipment
from logistics.selectors import shipments_of
from merchants.admin.site import merchant_of
from orders.models import MerchantOrder


def customs_form(request: HttpRequest, shipment_id: uuid.UUID) -> HttpResponse:
    """As PDF; parcels of other merchants, and those that come back, do not exist."""
    merchant = merchant_of(request)
    wanted = Shipment.objects.for_merchant(merchant).filter(pk=shipment_id, direction=Shipment.Direction.TO_SHOPPER).first()
    orders = MerchantOrder.objects.for_merchant(merchant).select_related("checkout", "duty_estimate").prefetch_related("lines")
    order = orders.filter(pk=wanted.reference).first() if wanted is not None else None
    if wanted is None or order is None:
        raise Http404
    parcels = [row for row in shipments_of(order.pk) if row.direction == Shipment.Direction.TO_SHOPPER]
    place = next(index for index, row in enumerate(parcels) if row.pk == wanted.pk)
    form = declaration_of(order, parcels[place], place + 1, len(parcels))
    answer = HttpResponse(draw_declarations(merchant, [form], at=timezone.now()), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="customs-{order.number}-{place + 1}.pdf"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
