"""The merchant's back office at /merchant/: only for members of a merchant's team."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from django.utils.translation import gettext_lazy as _

from accounts.second_factor import demand
from core.backoffice.site import ConsoleSite
from core.postgresql.tenancy import read_as
from merchants.admin.viewing import viewed_shop
from merchants.models import Merchant
from merchants.permissions import NEEDS_SECOND_FACTOR, VIEWER, Duty, may_still_change, may_view
from merchants.selectors import memberships_of

Page = Callable[..., HttpResponseBase]


class MemberSignIn(AuthenticationForm):
    """The form for installations without a storefront. Whether a person is a member is asked on every request anyway."""


class MerchantSite(ConsoleSite):
    """Django's `is_staff` means nothing here: a membership opens the door, and its role says how far."""

    settings_name = "UNFOLD_MERCHANT"
    site_header = _("Your shop")
    site_title = _("Your shop")
    index_title = _("Today")
    login_form = MemberSignIn

    def __init__(self, name: str = "merchant") -> None:
        super().__init__(name)
        self.pages: list[tuple[str, str, Duty, Page]] = []

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may enter. The only place where `request.merchant` and `request.role` are set.

        Read anew on every request, so that a person taken out of the team is out with the next click.
        """
        if not hasattr(request, "merchant"):
            viewed = viewed_shop(request)
            membership = memberships_of(request.user).first() if request.user.is_active and viewed is None else None
            request.merchant = viewed or (membership.merchant if membership else None)  # type: ignore[attr-defined]
            request.role = VIEWER if viewed else membership.role if membership else ""  # type: ignore[attr-defined]
            request.is_viewing = viewed is not None  # type: ignore[attr-defined]
        return getattr(request, "merchant", None) is not None

    def demand(self, request: HttpRequest) -> HttpResponseBase | None:
        """Raises PermissionDenied where somebody who only looks would do something."""
        if role_of_request(request) == VIEWER and request.method not in {"GET", "HEAD"}:
            raise PermissionDenied
        demanded = demand(request, is_needed=role_of_request(request) in NEEDS_SECOND_FACTOR)
        if demanded is None and request.method in {"GET", "HEAD"}:
            read_as(merchant_of(request).pk)
        return demanded

    def add_page(self, route: str, name: str, duty: Duty, view: Page) -> None:
        """Serve a page that belongs to no model at /merchant/<route>, for roles that may view the duty."""
        self.pages.append((route, name, duty, view))

    def get_urls(self) -> list[Any]:
        return [
            path(route, self.admin_view(_for_duty(view, duty)), name=name) for route, name, duty, view in self.pages
        ] + super().get_urls()


def _for_duty(view: Page, duty: Duty) -> Page:
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_view(role_of_request(request), duty):
            raise PermissionDenied
        request.current_app = "merchant"
        return view(request, *args, **kwargs)

    return guarded


def merchant_of(request: HttpRequest) -> Merchant:
    """The merchant this request works for.

    Raises:
        PermissionDenied: there is none, so whatever was about to happen must not.
    """
    merchant: Merchant | None = getattr(request, "merchant", None)
    if merchant is None:
        raise PermissionDenied
    return merchant


def role_of_request(request: HttpRequest) -> str:
    """The member's role, empty for strangers."""
    return str(getattr(request, "role", ""))


def duty_is_visible(duty: Duty) -> Callable[[HttpRequest], bool]:
    """A permission callback for the sidebar."""
    return lambda request: may_view(role_of_request(request), duty)


def duty_is_changeable(request: HttpRequest, duty: Duty) -> bool:
    """Whether this member may change something of a duty."""
    merchant: Merchant | None = getattr(request, "merchant", None)
    return merchant is not None and may_still_change(role_of_request(request), duty, is_closed=merchant.is_closed)


merchant_site = MerchantSite()
