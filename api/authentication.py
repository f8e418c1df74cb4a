"""Bearer keys of merchants: `Authorization: Bearer mk_live_…`. Every private view names the scope it needs."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from core.postgresql.tenancy import read_as
from merchants.models import ApiKey, Merchant
from merchants.selectors import api_key_for_secret

if TYPE_CHECKING:
    from rest_framework.views import APIView  # DRF's settings name this module, so importing its views here would be a circle


AFTER_CLOSING = frozenset({ApiKey.Scope.ORDERS_WRITE, ApiKey.Scope.RETURNS_WRITE, ApiKey.Scope.INVENTORY_WRITE})


@dataclass(frozen=True)
class ApiClient:
    """Who is calling: a merchant through one of its keys."""

    merchant: Merchant
    key: ApiKey
    is_authenticated: bool = True

    @property
    def actor(self) -> str:
        return f"api:{self.key.prefix}"


class ApiKeyAuthentication(authentication.BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[ApiClient, ApiKey] | None:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        key = api_key_for_secret(secret.strip(), timezone.now()) if scheme.lower() == "bearer" else None
        if key is None:
            raise exceptions.AuthenticationFailed(_("This API key is unknown or was revoked."))
        client = ApiClient(key.merchant, key)
        if request.method in permissions.SAFE_METHODS:
            read_as(client.merchant.pk)
        return client, key

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class HasScope(permissions.BasePermission):
    """Compares the key's scopes with the view's `scopes[method]`; a method without a scope is refused."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not isinstance(request.user, ApiClient):
            return False
        scopes: dict[str, str] = getattr(view, "scopes", {})
        method = "GET" if request.method in {"HEAD", "OPTIONS"} else request.method
        scope = scopes.get(str(method))
        # A closed shop reads, and finishes what is open; it offers nothing any more.
        if request.user.merchant.is_closed and method != "GET" and scope not in AFTER_CLOSING:
            raise exceptions.PermissionDenied(_("This shop is closed."))
        return scope in request.user.key.scopes
