import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from payments.services import sandbox as provider
from storefront.views.pay import SEE_OTHER, on_this_host


@require_http_methods(["GET", "HEAD", "POST"])
def sandbox(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """The practice provider's page, outside the shop's frame like a real one."""
    if request.method == "POST":
        page = provider.decide(payment_id=payment_id, decision=request.POST.get("decision", ""), at=timezone.now())
        return HttpResponseRedirect(on_this_host(page.return_url), status=SEE_OTHER)
    page = provider.payment_page(payment_id=payment_id)
    return render(request, "storefront/sandbox.html", {"payment": page, "back": on_this_host(page.return_url)})
