"""The site both back offices derive from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import is_valid_path, reverse

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite as _Site
else:
    from unfold.sites import UnfoldAdminSite as _Site

# unfold's Alpine evaluates expressions and its theme is a <style> element: allowed under these prefixes, nowhere else.
CONTENT_POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:", "blob:"],
    "form-action": [SELF],
}
View = Callable[..., HttpResponseBase]


def relaxed(view: View) -> View:
    """Answer with the back office's content policy instead of the storefront's."""

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response._csp_replace = CONTENT_POLICY  # type: ignore[attr-defined]  # read by django-csp
        return response

    answer.__dict__.update(getattr(view, "__dict__", {}))
    return answer


class _Choices(AutocompleteJsonView):
    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, Any]:
        text = getattr(self.model_admin, "choice_text", str)
        return {**super().serialize_result(obj, to_field_name), "text": text(obj)}


class ConsoleSite(_Site):
    """An admin site that sends guests to the shop's sign-in, refuses strangers with 403 and caches no search answer."""

    enable_nav_sidebar = True
    final_catch_all_view = True
    index_template = "backoffice/home.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """As Django's, but somebody who is signed in and may not enter is told so instead of being asked to sign in."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            is_leaving = request.path == reverse("admin:logout", current_app=self.name)
            if not self.has_permission(request) and not is_leaving:
                if request.user.is_authenticated:
                    raise PermissionDenied
                return redirect_to_login(request.get_full_path(), self.sign_in_url())
            demanded = None if is_leaving else self.demand(request)
            if demanded is not None:
                return demanded
            answer: HttpResponseBase = inner(request, *args, **kwargs)
            return answer

        guarded.__dict__.update(getattr(view, "__dict__", {}))
        return relaxed(guarded)

    def demand(self, request: HttpRequest) -> HttpResponseBase | None:
        """What somebody who may enter has to do first, such as showing a second factor; None for nothing."""
        return None

    def sign_in_url(self) -> str:
        """The shop's sign-in, which limits attempts; an installation without a storefront has the admin's own form."""
        url: str = settings.LOGIN_URL
        return url if is_valid_path(url) else reverse("admin:login", current_app=self.name)

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        if is_valid_path(settings.LOGIN_URL) and not self.has_permission(request):
            if request.user.is_authenticated:
                raise PermissionDenied
            return redirect_to_login(reverse("admin:index", current_app=self.name), settings.LOGIN_URL)
        return relaxed(super().login)(request, extra_context)

    def get_urls(self) -> list[Any]:
        """Without Django's redirect from a content type and a key to an object, which would answer for anybody's objects."""
        return [pattern for pattern in super().get_urls() if getattr(pattern, "name", "") != "view_on_site"]

    def autocomplete_view(self, request: HttpRequest) -> Any:
        """Rows to choose from, said as their admin's `choice_text` says them where it has one."""
        return _Choices.as_view(admin_site=self)(request)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What the palette finds, in groups. unfold's own keeps answers in the cache under the user alone, across sites and shops."""
        typed = request.GET.get("s", "")
        site: Any = self
        groups = site._get_value(site._get_config("COMMAND", request)["search_callback"], request, typed)
        context = {"groups": groups, "typed": typed.strip(), "count": sum(len(group.findings) for group in groups)}
        return TemplateResponse(request, "unfold/helpers/command_results.html", context, headers={"Cache-Control": "no-store"})
