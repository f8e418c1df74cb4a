"""The end of a look at a shop; it begins with a button of the merchant's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from merchants.admin.viewing import close_view
from merchants.services.viewing import end_viewing


@require_POST
def stop_viewing(request: HttpRequest) -> HttpResponse:
    """Back to the operator's own pages."""
    merchant = close_view(request)
    if merchant is None:
        return redirect("admin:index")
    end_viewing(merchant=merchant, actor=request.user, at=timezone.now())  # type: ignore[arg-type]  # nobody is anonymous here
    return redirect("admin:merchants_merchant_change", merchant.pk)
