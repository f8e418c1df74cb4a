"""People. What they bought and wrote is found in the pages of orders and reviews."""

from __future__ import annotations

from typing import Any

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as PlainGroupAdmin
from django.contrib.auth.models import Group, Permission
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Company, User
from core.backoffice.base import ConsoleAdmin
from core.backoffice.display import column, label

# Importing Django's own class has registered it; unfold's pages need one of unfold's.
if isinstance(admin.site.get_model_admin(Group), PlainGroupAdmin):
    admin.site.unregister(Group)
# An address and whether it is confirmed belong to the person; allauth's own pages could confirm anything.
admin.site.unregister(EmailAddress)
# Its pages would show the secrets of everybody's second factors, and let one be written in.
admin.site.unregister(Authenticator)


@admin.register(User)
class UserAdmin(ConsoleAdmin):
    """Accounts: the operator may block one and, as a superuser, give staff rights. Passwords are the person's own affair."""

    list_display = ["email", "name", "kind", "state", "language", "last_login", "created_at"]
    list_filter = ["is_active", "is_staff", "language"]
    search_fields = ["email", "name"]
    ordering = ["-created_at"]
    fields = [
        "email",
        "name",
        "language",
        "is_active",
        "is_staff",
        "groups",
        "is_superuser",
        "company",
        "company_role",
        "last_login",
        "created_at",
    ]
    can_change = True
    kind = column(
        lambda self, row: label(_("Operator"), "primary") if row.is_staff else label(_("Person"), "neutral"), _("kind"), ordering="is_staff"
    )
    state = column(
        lambda self, row: label(_("Active"), "success") if row.is_active else label(_("Blocked"), "danger"),
        _("status"),
        ordering="is_active",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Staff cannot give themselves or others more rights than they were given, nor lock themselves out."""
        fixed = ["email", "company", "company_role", "last_login", "created_at"]
        if not request.user.is_superuser or (obj is not None and obj.pk == request.user.pk):
            fixed += ["is_staff", "groups", "is_superuser", "is_active"]
        elif obj is not None and obj.is_superuser and not request.user.is_superuser:
            fixed += ["is_active"]
        return fixed


ACTIONS = {
    "add": pgettext_lazy("right", "add"),
    "change": pgettext_lazy("right", "change"),
    "delete": pgettext_lazy("right", "delete"),
    "view": pgettext_lazy("right", "view"),
}


def _right(permission: Permission) -> str:
    """Such as "orders: view", in the reader's language."""
    action, _separator, _model = permission.codename.partition("_")
    model: Any = permission.content_type.model_class()
    name = model._meta.verbose_name_plural if model else permission.content_type.model
    return f"{capfirst(name)}: {ACTIONS.get(action, permission.name)}"


@admin.register(Group)
class GroupAdmin(ConsoleAdmin):
    """Rights of operator staff, by duty; only superusers write them."""

    list_display = ["name"]
    search_fields = ["name"]
    ordering = ["name"]
    fields = ["name", "permissions"]
    can_add = can_change = True

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field is not None and field.queryset is not None and db_field.name == "permissions":
            on_pages = {model._meta.model_name for model in self.admin_site._registry}
            rights = field.queryset.filter(content_type__model__in=on_pages)
            field.queryset = rights.select_related("content_type").order_by("content_type__app_label", "content_type__model", "pk")
            field.label_from_instance = _right
        return field

    def may_act(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_act(request)


@admin.register(Company)
class CompanyAdmin(ConsoleAdmin):
    """Companies that buy: the operator may block one, so that it buys at everybody's prices. The rest is its administrators' affair."""

    list_display = ["name", "number", "tax_number", "country", "state", "email", "created_at"]
    list_filter = ["is_active", "country"]
    search_fields = ["name", "number", "tax_number", "email", "members__email"]
    ordering = ["-created_at"]
    fields = ["name", "number", "tax_number", "country", "address", "contact", "email", "phone", "people", "is_active", "created_at"]
    readonly_fields = ["name", "number", "tax_number", "country", "address", "contact", "email", "phone", "people", "created_at"]
    can_change = True
    state = column(
        lambda self, row: label(_("Active"), "success") if row.is_active else label(_("Blocked"), "danger"),
        _("status"),
        ordering="is_active",
    )
    people = column(lambda self, row: ", ".join(row.members.order_by("email").values_list("email", flat=True)[:50]) or "–", _("people"))
