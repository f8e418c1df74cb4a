import functools
from collections.abc import Callable
from typing import Any

import structlog
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.ids import uuid7


class RequestIdMiddleware:
    """Gives every request an id that appears in each log line of the request and in the answer's X-Request-Id."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid7().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp's, with the policy of pages that ask for no other composed once."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if settings.DEBUG or any(name.startswith("_csp") for name in (*vars(response), *vars(request))):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, _policy())
        return response


@functools.cache
def _policy() -> str:
    return build_policy()
