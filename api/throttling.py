"""Calls per minute and caller, counted exactly by one INCR in Valkey; open when Valkey is away, since keys still guard."""

import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework import throttling
from rest_framework.request import Request
from rest_framework.views import APIView

from api.authentication import ApiClient

WINDOW_SECONDS = 60


class PerCallerThrottle(throttling.BaseThrottle):
    """One fixed window per API key, or per address for callers without a key."""

    def __init__(self) -> None:
        self._left = 0.0

    def allow_request(self, request: Request, view: APIView) -> bool:
        now = time.time()
        window, passed = divmod(now, WINDOW_SECONDS)
        self._left = WINDOW_SECONDS - passed
        caller, limit = self._caller(request)
        key = f"api-calls:{caller}:{int(window)}"
        if cache.add(key, 1, WINDOW_SECONDS + 1):
            used = 1
        else:
            try:
                used = cache.incr(key)
            except ValueError:
                used = 1
        request._request.api_rate = (limit, max(limit - used, 0), int(self._left))  # type: ignore[attr-defined]
        return used <= limit

    def wait(self) -> float:
        return max(1.0, self._left)

    def _caller(self, request: Request) -> tuple[str, int]:
        if isinstance(request.user, ApiClient):
            return str(request.user.key.pk), settings.API_CALLS_PER_MINUTE
        return str(self.get_ident(request)), settings.API_ANONYMOUS_CALLS_PER_MINUTE


def add_headers(response: Any, request: Request) -> Any:
    """RateLimit headers (IETF draft): what is left of this minute."""
    rate = getattr(request._request, "api_rate", None)
    if rate:
        limit, left, seconds = rate
        response["RateLimit-Policy"] = f'"default";q={limit};w={WINDOW_SECONDS}'
        response["RateLimit"] = f'"default";r={left};t={seconds}'
    return response
