from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from drf_spectacular.views import SpectacularSwaggerSplitView

from api.problems import known_codes


@method_decorator(csp_update({"style-src": [SELF, UNSAFE_INLINE]}), name="dispatch")
class Docs(SpectacularSwaggerSplitView):
    """The reference, from files shipped with the house: it works without the internet. Swagger UI sets inline styles."""

    authentication_classes = []
    permission_classes = []


def problems(request: HttpRequest) -> HttpResponse:
    """What each error code means: the page that `type` in a problem points to."""
    return render(request, "api/problems.html", {"codes": known_codes(), "docs_url": reverse("api-docs")})
