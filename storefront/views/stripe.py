import uuid

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from payments.services.card_page import card_page
from storefront.views.pay import SEE_OTHER, on_this_host

SCRIPT = "https://js.stripe.com"
POLICY = {"script-src": [SELF, SCRIPT], "frame-src": [SCRIPT, "https://hooks.stripe.com"], "connect-src": [SELF, "https://api.stripe.com"]}


@require_safe
@never_cache
@csp_update(POLICY)  # type: ignore[arg-type]  # its types know only views without arguments
def stripe(request: HttpRequest, attempt_id: uuid.UUID) -> HttpResponse:
    """Card, Alipay or WeChat Pay in Stripe's own fields: what is typed there goes from the browser to Stripe, never to us."""
    page = card_page(attempt_id=attempt_id)
    back = on_this_host(page.return_url)
    if not page.is_open:
        return HttpResponseRedirect(back, status=SEE_OTHER)
    settings = {"publishableKey": page.publishable_key, "clientSecret": page.client_secret, "returnUrl": page.return_url}
    return render(request, "storefront/stripe.html", {"payment": page, "back": back, "settings": settings, "script": f"{SCRIPT}/v3/"})
