"""Base classes that keep tenants apart: a merchant's admin reaches rows of its own merchant and nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.admin import RelatedFieldListFilter
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core.backoffice.base import ConsoleAdmin, ReadOnlyInline, actor_of
from merchants.admin.recording import Recording
from merchants.admin.site import duty_is_changeable, merchant_of, role_of_request
from merchants.permissions import Duty, may_view

# What a list may be narrowed by in the address bar, beyond the plain value.
_SUFFIXES = {"exact", "in", "gt", "gte", "lt", "lte", "isnull", "id", "pk", "year", "month", "day"}


class OwnRelatedFilter(RelatedFieldListFilter):
    """A filter by a related row that offers the merchant's own rows; Django's would list everybody's."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        rows = own_rows(field.remote_field.model, request, model_admin.shared_models)
        return [(row.pk, str(row)) for row in rows.order_by(*self.field_admin_ordering(field, request, model_admin) or ["pk"])]


class MerchantModelAdmin(Recording, ConsoleAdmin):
    """Rows of `request.merchant` only, permissions by role. `tenant_path` leads from the row to its merchant."""

    duty: ClassVar[Duty]
    tenant_path = "merchant"
    # Tables that belong to the whole market and may be chosen from in forms, such as categories.
    shared_models: ClassVar[Sequence[type[Model]]] = ()

    def recorded_merchant(self, request: HttpRequest, key: Any) -> uuid.UUID:
        return merchant_of(request).pk

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(**{self.tenant_path: merchant_of(request).pk})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_view(role_of_request(request), self.duty)

    def may_act(self, request: HttpRequest) -> bool:
        return duty_is_changeable(request, self.duty)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.can_add and self.may_act(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_delete and self.may_act(request)

    def actor(self, request: HttpRequest) -> str:
        """This member, as history names them."""
        return actor_of(request, "merchant")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Every new row is the merchant's own, whatever was posted."""
        if not change and self.tenant_path == "merchant":
            obj.merchant = merchant_of(request)
        super().save_model(request, obj, form, change)

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only what the list offers as a filter: any other lookup could ask about rows of others, one letter at a time."""
        filters = [item[0] if isinstance(item, list | tuple) else item for item in self.get_list_filter(request)]  # type: ignore[arg-type]
        names = (getattr(item, "parameter_name", item) for item in (*filters, self.date_hierarchy))
        offered = {name for name in names if isinstance(name, str)}
        parts = lookup.split("__")
        while len(parts) > 1 and parts[-1] in _SUFFIXES and "__".join(parts) not in offered:
            parts.pop()
        return "__".join(parts) in offered

    def get_list_filter(self, request: HttpRequest) -> Any:
        return [self._scoped(item) for item in super().get_list_filter(request)]

    def _scoped(self, item: Any) -> Any:
        """A filter named by a field that leads to other rows becomes one over own rows."""
        if not isinstance(item, str):
            return item
        field = get_fields_from_path(self.model, item)[-1]
        return (item, OwnRelatedFilter) if field.is_relation else item

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = own_rows(db_field.remote_field.model, request, self.shared_models, kwargs.get("queryset"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = own_rows(db_field.remote_field.model, request, self.shared_models, kwargs.get("queryset"))
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What members of this team did to the row; what the operator did is in the row's own history, without names."""
        self.object_or_404(request, object_id)
        team = merchant_of(request).memberships.values("user_id")
        entries = LogEntry.objects.filter(object_id=object_id, content_type__model=self.opts.model_name, user_id__in=team)
        page = Paginator(entries.select_related("user", "content_type").order_by("-action_time"), 100).page(1)
        return super().history_view(request, object_id, {"action_list": page, "page_range": [1], **(extra_context or {})})


class SingletonAdmin(MerchantModelAdmin):
    """Something a merchant has one of: its list is its form."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        row = self.get_queryset(request).first()
        if row is None and not self.has_add_permission(request):
            return super().changelist_view(request, extra_context)
        name = f"merchant:{self.opts.app_label}_{self.opts.model_name}_{'change' if row else 'add'}"
        return redirect(reverse(name, args=[row.pk] if row else []))


class MerchantInline(ReadOnlyInline):
    """Rows below a parent, of the merchant only: the formset does not know other merchants' keys, so it refuses them."""

    tenant_path = "merchant"
    shared_models: ClassVar[Sequence[type[Model]]] = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(**{self.tenant_path: merchant_of(request).pk})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["queryset"] = own_rows(db_field.remote_field.model, request, self.shared_models, kwargs.get("queryset"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def own_rows(model: type[Model], request: HttpRequest, shared: Sequence[type[Model]], rows: QuerySet[Any] | None = None) -> QuerySet[Any]:
    """The rows of `model` a member may choose from.

    Raises:
        ImproperlyConfigured: the model has no merchant and was not declared to be everybody's.
    """
    rows = model._default_manager.all() if rows is None else rows
    if model in shared:
        return rows
    try:
        model._meta.get_field("merchant")
    except FieldDoesNotExist as error:
        raise ImproperlyConfigured(f"{model.__name__} has no merchant; declare it in shared_models if it is everybody's") from error
    return rows.filter(merchant=merchant_of(request))
