"""Downloading what was bought. By POST, because each download is counted."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.errors import DomainError
from orders.errors import DownloadNotFound
from orders.services.downloads import take_download
from storefront.guests import purchase


@require_POST
def download(request: HttpRequest, number: str, token: str) -> HttpResponse | FileResponse:
    """One file of one's own purchase: as an attachment that no browser looks into; ranges are not served, so none is counted twice."""
    checkout = purchase(request, number)
    try:
        row, content = take_download(checkout=checkout, token=token, at=timezone.now())
    except DownloadNotFound:
        raise
    except DomainError as error:
        context = {"message": str(error), "address": reverse("order", args=[number])}
        return render(request, "storefront/download_refused.html", context, status=error.status)
    return FileResponse(
        content,
        as_attachment=True,
        filename=row.file.name,
        content_type="application/octet-stream",
        headers={
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Content-Length": str(row.file.size),
        },
    )
