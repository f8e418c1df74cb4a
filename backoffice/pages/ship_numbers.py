"""Many parcels at once: tracking numbers pasted or uploaded, looked at, then sent."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.pages.to_ship import chosen_orders
from backoffice.shipping.numbers import (
    DONE,
    FAILED,
    MOST_BYTES,
    MOST_ROWS,
    READY,
    Checked,
    check,
    csv_of_failed,
    field_names,
    rows_of,
    ship_rows,
    text_of,
)
from core.backoffice.base import actor_of, plain_text
from core.errors import DomainError
from logistics.carrier_selectors import ways_of
from merchants.admin import merchant_site
from merchants.admin.site import duty_is_changeable, merchant_of
from merchants.permissions import Duty


def ship_numbers(request: HttpRequest) -> HttpResponse:
    """The form; what its rows would do; what they did. `action` says which: begin, check, ship, or failed for the file of those."""
    context: dict[str, Any] = {"text": "", "checked": []}
    status = 200
    if request.method == "POST":
        if not duty_is_changeable(request, Duty.SHIPMENTS):
            raise PermissionDenied
        try:
            answer = _act(request, context)
            if answer is not None:
                return answer
        except DomainError as error:
            context["refusal"], status = str(error), error.status
    return TemplateResponse(request, "backoffice/ship_numbers.html", {**_frame(request), **context}, status=status)


def _frame(request: HttpRequest) -> dict[str, Any]:
    return {
        **merchant_site.each_context(request),
        "title": _("Enter tracking numbers"),
        "may_ship": duty_is_changeable(request, Duty.SHIPMENTS),
        "most": MOST_ROWS,
        "followed": ways_of(merchant_of(request).pk)[:-1],
    }


def _act(request: HttpRequest, context: dict[str, Any]) -> HttpResponse | None:
    action = request.POST.get("action", "")
    if action == "begin":
        context["text"] = _begun(request)
        return None
    context["text"] = text = _text(request)
    rows = rows_of(text)
    merchant = merchant_of(request)
    if action == "failed":
        answer = HttpResponse(csv_of_failed(check(merchant, rows)), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="not-shipped.csv"'
        return answer
    is_done = action == "ship"
    checked = ship_rows(merchant, rows, actor=actor_of(request, "merchant"), at=timezone.now()) if is_done else check(merchant, rows)
    context.update(_report(checked), is_done=is_done)
    return None


def _begun(request: HttpRequest) -> str:
    """A line for each order chosen in the queue, to put its number behind."""
    carrier = plain_text(request.POST.get("carrier", ""), 60).replace(";", " ").replace('"', " ")
    return "".join(f"{order.number};{carrier};\n" for order in chosen_orders(request))


def _text(request: HttpRequest) -> str:
    file = request.FILES.get("file")
    return text_of(file.read(MOST_BYTES + 1)) if file else request.POST.get("text", "")


def _report(checked: list[Checked]) -> dict[str, Any]:
    names = field_names()
    counts = {state: sum(each.state == state for each in checked) for state in (READY, DONE, FAILED)}
    return {
        "checked": checked,
        "failed": [{"row": each, "field": names.get(each.field, "")} for each in checked if each.state == FAILED],
        **{f"{state}_count": count for state, count in counts.items()},
    }
