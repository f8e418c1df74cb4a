"""One carrier for many orders: the chosen ones are handed over at once, or lead to the form for their numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backoffice.pages.ship_numbers import ship_numbers
from backoffice.pages.to_ship import chosen_orders, to_ship
from core.backoffice.base import actor_of
from core.errors import DomainError
from logistics.carrier_selectors import Way, ways_of
from logistics.errors import CarrierNotAvailable
from merchants.admin.site import duty_is_changeable, merchant_of
from merchants.permissions import Duty
from orders.models import MerchantOrder
from orders.services.dispatching import dispatch_order

MOST_TOLD = 5


@dataclass
class Outcome:
    sent: int = 0
    refused: list[str] = field(default_factory=list)


def dispatch(request: HttpRequest) -> HttpResponse:
    """Hand the chosen orders to the chosen carrier, each in a transaction of its own; what is refused is named and stays in the queue."""
    if request.method != "POST":
        return redirect("merchant:to-ship")
    if not duty_is_changeable(request, Duty.SHIPMENTS):
        raise PermissionDenied
    try:
        way = _way(request)
        if way.needs_number:
            return _ask_for_numbers(request, way)
        outcome = _sent(request, chosen_orders(request), way)
    except DomainError as error:
        return to_ship(request, refusal=str(error), status=error.status)
    _tell(request, outcome)
    return redirect("merchant:to-ship")


def _way(request: HttpRequest) -> Way:
    """Raises CarrierNotAvailable for a choice that is none."""
    wanted = request.POST.get("way", "")
    way = next((row for row in ways_of(merchant_of(request).pk) if row.key == wanted), None)
    if way is None:
        raise CarrierNotAvailable
    return way


def _ask_for_numbers(request: HttpRequest, way: Way) -> HttpResponse:
    """A carrier that prints its own numbers: the form for them, with its name in each row."""
    asked = request.POST.copy()
    asked["action"] = "begin"
    if not way.needs_name:
        asked["carrier"] = str(way.label)
    request.POST = asked  # type: ignore[assignment]  # the form reads it as if it had been typed there
    return ship_numbers(request)


def _sent(request: HttpRequest, orders: list[MerchantOrder], way: Way) -> Outcome:
    outcome = Outcome()
    for order in orders:
        try:
            dispatch_order(order_id=order.pk, way=way.key, actor=actor_of(request, "merchant"), at=timezone.now())
            outcome.sent += 1
        except DomainError as error:
            outcome.refused.append(f"{order.number}: {error}")
    return outcome


def _tell(request: HttpRequest, outcome: Outcome) -> None:
    if outcome.sent:
        words = ngettext("%(count)s order is handed over.", "%(count)s orders are handed over.", outcome.sent)
        messages.success(request, words % {"count": outcome.sent})
    for line in outcome.refused[:MOST_TOLD]:
        messages.error(request, line)
    if len(outcome.refused) > MOST_TOLD:
        messages.error(request, _("And %(count)s more were refused.") % {"count": len(outcome.refused) - MOST_TOLD})
