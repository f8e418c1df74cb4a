"""Errors as application/problem+json (RFC 9457), in the caller's language, with a stable `code`."""

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, renderers
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.errors import DomainError

CONTENT_TYPE = "application/problem+json"


class ProblemRenderer(renderers.JSONRenderer):
    """Only sets the content type; chosen by `handle` for error answers."""

    media_type = CONTENT_TYPE


def problem(
    status: int, code: str, title: str, *, request: HttpRequest | None = None, errors: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """The body of an error answer."""
    body: dict[str, Any] = {
        "type": f"{settings.SITE_URL}/api/docs/problems/#{code}",
        "title": title,
        "status": status,
        "code": code,
        "request_id": getattr(request, "request_id", ""),
    }
    return {**body, "errors": errors} if errors else body


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: whatever a view raises on purpose becomes a problem; anything else stays a 500."""
    request = context["request"]
    answer = _describe(error)
    if answer is None:
        return None
    set_rollback()
    status, code, title, errors, headers = answer
    response = Response(problem(status, code, title, request=request, errors=errors), status=status, headers=headers)
    request.accepted_renderer = ProblemRenderer()
    request.accepted_media_type = CONTENT_TYPE
    return response


Described = tuple[int, str, str, list[dict[str, str]] | None, dict[str, str]]


def _describe(error: Exception) -> Described | None:
    if isinstance(error, DomainError):
        return error.status, error.code, str(error), None, {}
    if isinstance(error, DataError):
        # A value that Python takes and PostgreSQL does not, such as a time zone of a day and a half.
        error = exceptions.ParseError()
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        return 400, "invalid", _("Some of what was sent is not valid."), list(_flatten(error.get_full_details(), "")), {}
    if isinstance(error, exceptions.APIException):
        return error.status_code, error.default_code, str(error.detail), None, _headers(error)
    return None


def _headers(error: exceptions.APIException) -> dict[str, str]:
    challenge, wait = getattr(error, "auth_header", None), getattr(error, "wait", None)
    return ({"WWW-Authenticate": challenge} if challenge else {}) | ({"Retry-After": str(int(wait))} if wait else {})


def _flatten(details: Any, pointer: str) -> Any:
    """DRF's nested details as a flat list of {pointer, code, detail}; pointers are RFC 6901."""
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {"pointer": pointer or "/", "code": str(details["code"]), "detail": str(details["message"])}
    elif isinstance(details, dict):
        for key, value in details.items():
            yield from _flatten(value, f"{pointer}/{key}")
    elif isinstance(details, list):
        for value in details:
            yield from _flatten(value, pointer)


def not_found(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The answer below /api/ where no URL matches."""
    body = problem(404, "not_found", _("Not found."), request=request)
    return JsonResponse(body, status=404, content_type=CONTENT_TYPE)


def known_codes() -> list[tuple[str, int, str]]:
    """Every code a caller may meet with its status and meaning, for the page that `type` points to."""
    codes = {cls.code: (cls.status, str(cls.message)) for cls in _subclasses(DomainError)}
    general = (exceptions.ParseError, exceptions.NotAuthenticated, exceptions.PermissionDenied, exceptions.NotFound, exceptions.Throttled)
    for kind in general:
        codes[str(kind.default_code)] = (kind.status_code, str(kind.default_detail))
    return sorted((code, status, text) for code, (status, text) in codes.items())


def _subclasses(cls: type[DomainError]) -> set[type[DomainError]]:
    direct = set(cls.__subclasses__())
    return direct.union(*(_subclasses(sub) for sub in direct)) if direct else set()
