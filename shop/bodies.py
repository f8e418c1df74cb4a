"""How much may be sent to which address, decided by the header that says how much it is: before any of it is read or kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader

from api.problems import CONTENT_TYPE, problem
from core.errors import BodyTooLarge, BodyWithoutLength, DomainError
from storefront.refusals import refusal

MILLION = 1_000_000
# What a form says besides its files.
AROUND_FILES = MILLION


class BodyLimitMiddleware:
    """Refuses what is too large, or does not say how large it is, in the language and the shape of the face that was asked.

    It stands behind the choice of the language and before whatever looks into a form, such as the check of its token.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> HttpResponse | None:
        error = _refused(request)
        return _answer(request, error) if error else None


def most_bytes(view_name: str) -> int:
    """The largest body that an address takes, in bytes."""
    files = settings.FILES_MAX_MB.get(view_name)
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE if files is None else files * MILLION + AROUND_FILES


def _refused(request: HttpRequest) -> DomainError | None:
    length = request.META.get("CONTENT_LENGTH") or ""
    # A body in pieces: Django takes it for an empty one, so nobody would ever read it.
    if not length and request.META.get("HTTP_TRANSFER_ENCODING"):
        return BodyWithoutLength()
    match = request.resolver_match
    most = most_bytes(match.view_name if match else "")
    return BodyTooLarge(most=most // MILLION) if length.isdecimal() and int(length) > most else None


def _answer(request: HttpRequest, error: DomainError) -> HttpResponse:
    if request.path.startswith("/api/"):
        body = problem(error.status, error.code, str(error), request=request)
        return JsonResponse(body, status=error.status, content_type=CONTENT_TYPE)
    if request.path.startswith(("/admin/", "/merchant/")):
        return HttpResponse(loader.get_template("413.html").render({"message": str(error)}), status=error.status)
    return refusal(request, error)
