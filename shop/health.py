"""Answers for load balancers and for the supervisor: alive, and ready to serve."""

import datetime as dt

from django.core.cache import cache
from django.db import DatabaseError
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from core.models import OutboxEvent

QUEUE_LAG_LIMIT = dt.timedelta(minutes=2)


def livez(request: HttpRequest) -> HttpResponse:
    """This process answers. It says nothing of its neighbours, so that an outage of the database restarts no web process."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """200 while requests can be served: `ok`, or `degraded` when the cache is away or events wait too long; 503 without the database."""
    try:
        lag = queue_lag(now=timezone.now())
    except DatabaseError:
        return _answer("down", 503, database="down")
    has_cache = _cache_works()
    is_late = lag > QUEUE_LAG_LIMIT
    return _answer(
        "degraded" if is_late or not has_cache else "ok",
        200,
        database="ok",
        cache="ok" if has_cache else "down",
        queue="late" if is_late else "ok",
        queue_lag_seconds=int(lag.total_seconds()),
    )


def queue_lag(*, now: dt.datetime) -> dt.timedelta:
    """Age of the oldest event that no handler has finished; zero when nothing waits. Dead letters wait for a person, not for a worker."""
    oldest = OutboxEvent.objects.filter(handled_at__isnull=True, dead_at__isnull=True).aggregate(oldest=Min("created_at"))["oldest"]
    return max(now - oldest, dt.timedelta()) if oldest else dt.timedelta()


def _cache_works() -> bool:
    # The cache swallows errors by design, so only a value that comes back proves that it is there.
    cache.set("readyz", "here", timeout=10)
    return bool(cache.get("readyz") == "here")


def _answer(status: str, code: int, **parts: str | int) -> JsonResponse:
    response = JsonResponse({"status": status, **parts}, status=code)
    response["Cache-Control"] = "no-store"
    return response
