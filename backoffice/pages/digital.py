"""The files of a digital product: what buyers get, how often and how long."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.admin.records import FILES
from catalog.errors import DownloadFileNotFound, DownloadTermsInvalid
from catalog.models import Product
from catalog.rules.digital import KINDS
from catalog.selectors.digital import files_of
from catalog.services import digital
from core.errors import DomainError
from merchants.admin import merchant_site
from merchants.admin.recording import recording
from merchants.admin.site import duty_is_changeable, merchant_of
from merchants.permissions import Duty


def digital_files(request: HttpRequest, product_id: uuid.UUID) -> HttpResponse:
    """All files of one's own digital product with the form for another; its forms say by `action` what should happen."""
    product = _own(request, product_id)
    refusal, status = "", 200
    if request.method == "POST":
        if not duty_is_changeable(request, Duty.PRODUCTS):
            raise PermissionDenied
        try:
            _act(request, product)
            return redirect("merchant:digital-files", product_id=product.pk)
        except DomainError as error:
            refusal, status = str(error), error.status
            product = _own(request, product_id)
    return TemplateResponse(request, "backoffice/digital_files.html", _context(request, product, refusal), status=status)


def _own(request: HttpRequest, product_id: uuid.UUID) -> Product:
    row: Product | None = Product.objects.for_merchant(merchant_of(request)).filter(pk=product_id).first()
    if row is None:
        raise Http404
    return row


def _act(request: HttpRequest, product: Product) -> None:
    merchant = merchant_of(request)
    with recording(request, FILES, [product.pk], merchant_id=merchant.pk, by="merchant", is_atomic=False):
        _do(request, product)


def _do(request: HttpRequest, product: Product) -> None:
    own: dict[str, Any] = {"merchant": merchant_of(request)}
    action = request.POST.get("action", "")
    if action == "add":
        _add(request, product)
        messages.success(request, _("The file is offered to everybody who buys from now on."))
    elif action == "withdraw":
        digital.withdraw_file(**own, file_id=_id(request, "file"), at=timezone.now())
        messages.success(request, _("The file is withdrawn. Who has bought it keeps it."))
    elif action == "terms":
        limit, days = (_number(request.POST.get(name, "")) for name in ("limit", "days"))
        digital.set_download_terms(**own, product_id=product.pk, limit=limit, days=days)
        messages.success(request, _("The terms hold for what is bought from now on."))


def _add(request: HttpRequest, product: Product) -> None:
    file = request.FILES.get("content")
    digital.add_file(
        merchant=merchant_of(request),
        product_id=product.pk,
        name=(file.name if file else "") or "",
        pieces=file.chunks() if file else (),
        label=request.POST.get("label", ""),
        version=request.POST.get("version", ""),
        variant_id=_id(request, "variant") if request.POST.get("variant") else None,
        at=timezone.now(),
    )


def _id(request: HttpRequest, name: str) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get(name, ""))
    except ValueError:
        raise DownloadFileNotFound from None


def _number(text: str) -> int | None:
    """A whole number as typed, None for nothing; raises DownloadTermsInvalid."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise DownloadTermsInvalid
    return int(text)


def _context(request: HttpRequest, product: Product, refusal: str) -> dict[str, Any]:
    variants = list(product.variants.order_by("position", "created_at"))
    return {
        **merchant_site.each_context(request),
        "title": _("Files of “%(title)s”") % {"title": product.text("title")},
        "product": product,
        "files": list(files_of(product.pk)),
        "variants": variants if len(variants) > 1 else [],
        "refusal": refusal,
        "typed": request.POST,
        "may_change": duty_is_changeable(request, Duty.PRODUCTS),
        "most": settings.DIGITAL_FILE_MAX_MB,
        "kinds": ", ".join(KINDS),
        "usual": {"limit": settings.DOWNLOAD_LIMIT, "days": settings.DOWNLOAD_DAYS},
    }
