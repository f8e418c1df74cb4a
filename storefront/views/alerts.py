import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from catalog.errors import AlertAddressMissing, AlertNotFound, ProductNotFound
from catalog.models import StockAlert, Variant
from catalog.services.stock_alerts import CONFIRM, ask_for_alert, confirm_alert, drop_alert
from core.errors import DomainError
from core.signed import unsigned
from storefront.baskets import member
from storefront.origins import address_of


@require_http_methods(["GET", "HEAD", "POST"])
def alert(request: HttpRequest, variant_id: uuid.UUID) -> HttpResponse:
    """ "Tell me when it is back": a member's click is enough, a guest types an address that is asked by mail."""
    variant = Variant.objects.select_related("product").filter(pk=variant_id, is_active=True, product__card__is_visible=True).first()
    if variant is None:
        raise ProductNotFound
    user, email = member(request), request.POST.get("email", "")
    context: dict[str, Any] = {"variant": variant, "typed": email[:254], "is_partial": "HX-Request" in request.headers}
    status = 200
    if request.method == "POST":
        try:
            context["made"] = ask_for_alert(
                variant_id=variant_id,
                user=user,
                email=email,
                language=get_language() or "en",
                origin=address_of(request),
                at=timezone.now(),
            )
        except DomainError as error:
            status = error.status
            # A guest who only pressed the button has done nothing wrong yet: ask for the address.
            context["refusal"] = None if isinstance(error, AlertAddressMissing) and "email" not in request.POST else error
    template = "storefront/components/alert.html" if context["is_partial"] else "storefront/alert.html"
    return render(request, template, context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Where the first mail leads. The signed link is the permission; a button says yes or no, because mail programs open links."""
    alert_id = unsigned(token, CONFIRM)
    row = StockAlert.objects.select_related("variant__product").filter(pk=alert_id, told_at=None).first() if alert_id else None
    if row is None:
        raise AlertNotFound
    done = ""
    if request.method == "POST":
        if request.POST.get("answer") == "no":
            drop_alert(alert_id=row.pk)
            done = "dropped"
        else:
            confirm_alert(alert_id=row.pk, at=timezone.now())
            done = "confirmed"
    return render(request, "storefront/alert_confirm.html", {"product": row.variant.product, "done": done})
