"""What a person sees when something breaks: 503 and "try again" while the database is away or busy, 500 for our own mistakes."""

import sys

from django.core.exceptions import TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _

from api.problems import CONTENT_TYPE, problem

RETRY_AFTER_SECONDS = "5"


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: it runs inside the except block, so the cause can be looked at."""
    is_passing = _is_passing(sys.exc_info()[1])
    status, code = (503, "unavailable") if is_passing else (500, "server_error")
    if request.path.startswith("/api/"):
        title = _("The service is busy. Please try again in a moment.") if is_passing else _("Something went wrong on our side.")
        response: HttpResponse = JsonResponse(problem(status, code, title, request=request), status=status, content_type=CONTENT_TYPE)
    else:
        # No context processors and no request: they would ask the database that is away.
        response = HttpResponse(loader.get_template(f"{status}.html").render(), status=status)
    if is_passing:
        response["Retry-After"] = RETRY_AFTER_SECONDS
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400, which says why where a person or a program can do something about it."""
    message = _("Too many fields or files were sent at once.") if isinstance(exception, TooManyFieldsSent | TooManyFilesSent) else ""
    if request.path.startswith("/api/"):
        body = problem(400, "invalid", message or _("Some of what was sent is not valid."), request=request)
        return JsonResponse(body, status=400, content_type=CONTENT_TYPE)
    return HttpResponse(loader.get_template("400.html").render({"message": message}), status=400)


def _is_passing(error: BaseException | None) -> bool:
    """Whether a lost connection, a lock waited for too long or a deadlock is at the bottom of it."""
    while error is not None:
        if isinstance(error, InterfaceError | OperationalError):
            return True
        error = error.__cause__ or error.__context__
    return False
