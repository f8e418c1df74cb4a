"""Bringing products in as files: the list of imports, and the one page on which an import goes from its columns to its result."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from backoffice.pages.import_columns import columns_form, said_in
from catalog.imports import services
from catalog.imports.errors import worded
from catalog.imports.selectors import csv_of_failed, earlier_with_same_content, imports_of, problems_of, shown
from catalog.models import ProductImport
from catalog.states import MOVING, ImportStatus
from core.backoffice.base import actor_of
from core.backoffice.display import status_label
from core.errors import DomainError
from merchants.admin import merchant_site
from merchants.admin.site import duty_is_changeable, merchant_of
from merchants.permissions import Duty

PER_PAGE = 25
PROBLEMS_PER_PAGE = 100


def imports(request: HttpRequest) -> HttpResponse:
    """Past imports, and the form for another file."""
    refusal, status = "", 200
    if request.method == "POST":
        _may_change(request)
        try:
            return redirect("merchant:import", import_id=_uploaded(request).pk)
        except DomainError as error:
            refusal, status = str(error), error.status
    page = Paginator(imports_of(merchant_of(request)), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        **merchant_site.each_context(request),
        "title": _("Import and export"),
        "page": page,
        "rows": [{"row": row, "label": status_label(row)} for row in page.object_list],
        "refusal": refusal,
        "may_change": duty_is_changeable(request, Duty.PRODUCTS),
        "most": settings.IMPORT_MAX_MB,
        "days": settings.IMPORT_FILE_DAYS,
    }
    return TemplateResponse(request, "backoffice/imports.html", context, status=status)


def _may_change(request: HttpRequest) -> None:
    if not duty_is_changeable(request, Duty.PRODUCTS):
        raise PermissionDenied


def _uploaded(request: HttpRequest) -> ProductImport:
    file = request.FILES.get("file")
    pieces = file.chunks() if file else iter(())
    return services.upload(
        merchant=merchant_of(request),
        name=(file.name if file else "") or "",
        pieces=pieces,
        actor=actor_of(request, "merchant"),
        at=timezone.now(),
    )


def import_page(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse:
    """One import, wherever it stands; its forms say by `action` what should happen next."""
    row = _own(request, import_id)
    refusal, status = "", 200
    if request.method == "POST":
        _may_change(request)
        try:
            return _acted(request, row)
        except DomainError as error:
            refusal, status = str(error), error.status
            row = _own(request, import_id)
    return TemplateResponse(request, "backoffice/import.html", _context(request, row, refusal), status=status)


def _own(request: HttpRequest, import_id: uuid.UUID) -> ProductImport:
    row: ProductImport | None = imports_of(merchant_of(request)).filter(pk=import_id).first()
    if row is None:
        raise Http404
    return row


def _acted(request: HttpRequest, row: ProductImport) -> HttpResponse:
    about: dict[str, Any] = {"import_id": row.pk, "merchant": merchant_of(request), "at": timezone.now()}
    action = request.POST.get("action", "")
    if action == "check":
        services.map_columns(**about, **said_in(request, row))
    elif action == "start":
        services.start(**about)
    elif action == "undo":
        services.undo(**about)
    elif action == "discard":
        services.discard(**about)
        messages.success(request, _("The file is discarded. Nothing was changed."))
        return redirect("merchant:imports")
    return redirect("merchant:import", import_id=row.pk)


def _context(request: HttpRequest, row: ProductImport, refusal: str) -> dict[str, Any]:
    may_change = duty_is_changeable(request, Duty.PRODUCTS)
    wants_columns = row.status == ImportStatus.UPLOADED or (row.status == ImportStatus.CHECKED and "columns" in request.GET)
    posted_columns = request.method == "POST" and request.POST.get("action") == "check"
    shows_columns = may_change and row.status in {ImportStatus.UPLOADED, ImportStatus.CHECKED} and (wants_columns or posted_columns)
    problems = Paginator(problems_of(row), PROBLEMS_PER_PAGE).get_page(request.GET.get("page"))
    return {
        **merchant_site.each_context(request),
        "title": row.file_name,
        "row": row,
        "label": status_label(row),
        "refusal": refusal or (worded(row.error, row.error_params) if row.error else ""),
        "may_change": may_change,
        "is_moving": row.status in MOVING,
        "percent": _percent(row),
        "columns": columns_form(request, row) if shows_columns else None,
        "page": problems,
        "problems": [shown(problem) for problem in problems.object_list],
        "earlier": earlier_with_same_content(row) if row.status in {ImportStatus.UPLOADED, ImportStatus.CHECKED} else None,
    }


def _percent(row: ProductImport) -> int | None:
    """How much is done; None while nobody knows how much there is."""
    if row.status == ImportStatus.UNDOING:
        return row.job.percent if row.job else None
    return 100 * row.row // row.total if row.total else None


def failed_rows(request: HttpRequest, import_id: uuid.UUID) -> HttpResponse | StreamingHttpResponse:
    """The rows that were not taken, as they were, with the reason in a last column."""
    row = _own(request, import_id)
    language = translation.get_language() or settings.LANGUAGE_CODE
    answer = StreamingHttpResponse(_in_language(language, row), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="failed-rows-{row.created_at:%Y%m%d-%H%M}.csv"'
    return answer


def _in_language(language: str, row: ProductImport) -> Iterator[bytes]:
    """The lines are made after the request has been answered, when no language is active any more."""
    lines = csv_of_failed(row)
    while True:
        with translation.override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line
