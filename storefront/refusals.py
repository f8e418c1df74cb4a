"""DomainError → page, once for the whole storefront: the message in the person's language and the error's own status."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import DomainError
from storefront.preferences import come_back_to


class RefusalMiddleware:
    """Answers refusals that a view did not attach to its own form. Other faces map theirs themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        match = request.resolver_match
        if isinstance(error, DomainError) and match is not None and match.func.__module__.startswith("storefront."):
            return refusal(request, error)
        return None


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A whole page, or for htmx a toast that leaves the page as it is."""
    if "HX-Request" in request.headers:
        return toast(request, str(error), status=error.status, is_error=True)
    if request.method == "POST":
        come_back_to(request, "/")
    template = "404.html" if error.status in {404, 410} else "storefront/refused.html"
    return render(request, template, {"message": str(error)}, status=error.status)


def toast(request: HttpRequest, message: str, *, status: int = 200, is_error: bool = False, **context: object) -> HttpResponse:
    """A short message for the page's live region, with the cart's new count beside it."""
    response = render(request, "storefront/components/toast.html", {"message": message, "is_error": is_error, **context}, status=status)
    response["HX-Retarget"] = "#toast"
    response["HX-Reswap"] = "innerHTML"
    return response
