import uuid

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from support.models import Mail

PER_PAGE = 50


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """Mails that were never sent anywhere, for demonstration and development only."""
    _only_in_demo()
    page = Paginator(Mail.objects.order_by("-created_at"), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "storefront/mailbox.html", {"page": page})


@require_safe
def mail(request: HttpRequest, mail_id: uuid.UUID) -> HttpResponse:
    """One mail as text, with its HTML beside it."""
    _only_in_demo()
    return render(request, "storefront/mail.html", {"mail": get_object_or_404(Mail, pk=mail_id)})


@require_safe
@xframe_options_sameorigin
def mail_html(request: HttpRequest, mail_id: uuid.UUID) -> HttpResponse:
    """The HTML part alone, in a sandbox of its own: no scripts, no forms, no requests to anywhere."""
    _only_in_demo()
    response = HttpResponse(get_object_or_404(Mail, pk=mail_id).html)
    response["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )
    return response


def _only_in_demo() -> None:
    if not (settings.DEBUG or settings.DEMO_MODE):
        raise Http404
