"""The operation log, as the owner of a shop and the operator read it."""

from __future__ import annotations

from typing import Any

from auditlog.admin import LogEntry
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.backoffice.base import ConsoleAdmin
from core.backoffice.display import column, label, money
from merchants.admin.site import merchant_site
from merchants.admin.tenant import MerchantModelAdmin
from merchants.models import Operation
from merchants.permissions import Duty

# Importing the package's own table has registered it on the operator's site; ours, which knows shops, takes its place.
admin.site.unregister(LogEntry)

# What is written down beside fields.
BESIDES = {"viewed": _("support looks at the shop, because"), "viewed_until": _("support has looked at the shop until")}
TONES = {Operation.Action.CREATE: "success", Operation.Action.UPDATE: "info", Operation.Action.DELETE: "danger"}


class _Choice(admin.SimpleListFilter):
    """A filter that offers only what the log of this list holds."""

    field = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = {str(value) for value, _name in self.lookup_choices}
        return queryset.filter(**{self.field: self.value()}) if self.value() in known else queryset


class PersonFilter(_Choice):
    title, parameter_name, field = _("person"), "person", "actor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        rows = model_admin.get_queryset(request)
        if not model_admin.names_operators:
            rows = rows.exclude(additional_data__by="operator")
        people = User.objects.filter(pk__in=rows.order_by().values("actor").distinct()).order_by("email")[:200]
        return [(str(person.pk), person.email) for person in people]


class KindFilter(_Choice):
    title, parameter_name, field = _("kind"), "kind", "content_type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        models = {part.model for shown in merchant_site._registry.values() for part in getattr(shown, "records", ())}
        types = ContentType.objects.get_for_models(*models).values()
        return sorted(((str(of.pk), kind(of)) for of in types), key=lambda pair: pair[1])


def kind(of: ContentType) -> str:
    """What sort of thing was changed, in the reader's words."""
    model = of.model_class()
    return str(capfirst(model._meta.verbose_name)) if model else of.model


def lines(row: Operation) -> list[tuple[str, str, str]]:
    """Name, old and new value of each changed field."""
    return [(_name(row, name), _value(row, name, was), _value(row, name, is_now)) for name, (was, is_now) in (row.changes or {}).items()]


def _field(row: Operation, name: str) -> Any:
    model = row.content_type.model_class()
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _name(row: Operation, name: str) -> str:
    if name in BESIDES:
        return str(BESIDES[name])
    return str(capfirst(getattr(_field(row, name), "verbose_name", name)))


def _value(row: Operation, name: str, value: str | None) -> str:
    if value is None:
        return "–"
    choices = {str(key): text for key, text in getattr(_field(row, name), "flatchoices", None) or ()}
    currency = (row.additional_data or {}).get("currency")
    if name.endswith("_minor") and currency and value.lstrip("-").isdigit():
        return money(int(value), currency)
    said = {"True": _now("Yes"), "False": _now("No")}.get(value, value)
    return str(choices.get(value, said))


def _changes(row: Operation) -> Any:
    return format_html_join("", "<div><b>{}</b>: {} → {}</div>", lines(row)) if row.changes else "–"


class LogAdmin(ConsoleAdmin):
    names_operators = True
    list_display = ["timestamp", "person", "done", "sort", "object_repr", "changed"]
    list_filter = [PersonFilter, KindFilter]
    list_select_related = ["actor", "content_type", "merchant"]
    date_hierarchy = "timestamp"
    search_fields = ["object_repr"]
    ordering = ["-timestamp", "-id"]
    fields = ["timestamp", "person", "done", "sort", "object_repr", "changed"]
    person = column(lambda self, row: self.name_of(row), _("person"))
    sort = column(lambda self, row: kind(row.content_type), _("kind"))
    done = column(lambda self, row: label(row.get_action_display(), TONES.get(row.action, "neutral")), _("what was done"))
    changed = column(lambda self, row: _changes(row), _("changes"))

    def name_of(self, row: Operation) -> Any:
        """The person, or for what the operator did only that."""
        if row.is_by_operator and not self.names_operators:
            return _("Marketplace")
        name = row.actor.name if row.actor else ""
        return format_html("{}<br>{}", name, row.actor_email) if name else row.actor_email or "–"


@admin.register(Operation, site=merchant_site)
class ShopLogAdmin(LogAdmin, MerchantModelAdmin):
    """Who changed what in the shop."""

    duty = Duty.LOG
    names_operators = False


@admin.register(Operation)
class OperatorLogAdmin(LogAdmin):
    """Who changed what in any shop."""

    list_display = ["timestamp", "merchant", "person", "done", "sort", "object_repr", "changed"]
    list_filter = [KindFilter, "action"]
    search_fields = ["object_repr", "actor_email", "merchant__name"]
    fields = ["timestamp", "merchant", "person", "done", "sort", "object_repr", "changed"]
