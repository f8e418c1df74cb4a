"""Base classes of every model admin of both sites."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.admin import ShowFacets
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest
from django.utils import timezone
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from core.backoffice.references import name_references
from core.errors import DomainError

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin, TabularInline
    from django.contrib.admin.views.main import ChangeList as _ChangeList

    _Admin = ModelAdmin[Any]
    _Inline = TabularInline[Any, Any]
else:
    from unfold.admin import ModelAdmin as _Admin
    from unfold.admin import TabularInline as _Inline
    from unfold.views import ChangeList as _ChangeList


class OfferedChoice(AutocompleteSelect):
    """A choice that is looked up while typing. What was posted and cannot be a key chooses nothing; Django's would end the page."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        key: Any = self.field.remote_field.model._meta.pk

        def can_be(said: Any) -> bool:
            try:
                key.to_python(said)
            except ValidationError:
                return False
            return True

        return super().optgroups(name, [said for said in value if can_be(said)], attr)


class ConsoleChangeList(_ChangeList):
    """A list that lets its admin fetch, in one go, what its rows show beside their own columns."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list: Any = list(self.result_list)
        self.model_admin.prepare_rows(request, self.result_list)  # type: ignore[attr-defined]


class Refused:
    """Mixin of a form whose save a service has refused: shows the reason beside what was typed."""

    refusal: str

    def clean(self) -> Any:
        cleaned = super().clean()  # type: ignore[misc]  # mixed into forms
        self.add_error(None, ValidationError(self.refusal))  # type: ignore[attr-defined]
        return cleaned


class ConsoleAdmin(_Admin):
    """A model admin whose writes are services: a DomainError becomes a form error and nothing is saved.

    Nothing can be added, changed or deleted unless a subclass says so.
    """

    list_per_page = 50
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    view_on_site = False
    compressed_fields = True
    list_filter_submit = False
    list_fullwidth = True
    can_add = False
    can_change = False
    can_delete = False
    reference_fields: ClassVar[Sequence[str]] = ()
    actions_detail: Any = ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", OfferedChoice(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("widget", UnfoldAdminCheckboxSelectMultipleWidget())
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.can_add and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_change and self.may_act(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.can_delete and super().has_delete_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Where nothing can be changed, everything named in `fields` is shown as it reads."""
        if self.can_change or (self.can_add and obj is None):
            return super().get_readonly_fields(request, obj)
        return flatten_fieldsets(self.get_fieldsets(request, obj))

    def recording(self, request: HttpRequest, keys: Sequence[Any]) -> AbstractContextManager[None]:
        """Around the work of a button: where what people do to these rows is written down."""
        return nullcontext()

    def may_act(self, request: HttpRequest) -> bool:
        """Whether this person may change rows of this kind at all, by form or by an action."""
        return super().has_change_permission(request)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Rows whose parts match are found by their keys: DISTINCT would compare all columns of all that was found."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return (queryset.filter(pk__in=found.order_by().values("pk")), False) if may_repeat else (found, False)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[Any]:
        return ConsoleChangeList

    def prepare_rows(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Give the rows of one page what they need from elsewhere; one statement for all of them, never one each."""
        name_references(rows, self.reference_fields)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row, once per request however many parts of the page ask."""
        kept: dict[tuple[Any, ...], Any] = request.__dict__.setdefault("_console_objects", {})
        key = (self.admin_site.name, self.model, str(object_id), from_field)
        if key not in kept or request.method == "POST":
            row = super().get_object(request, object_id, from_field)
            if row is not None:
                self.prepare_rows(request, [row])
            kept[key] = row
        return kept[key]

    def object_or_404(self, request: HttpRequest, object_id: str) -> Any:
        """The row with this key if this person may see it.

        Raises:
            Http404: it does not exist, for this person.
            PermissionDenied: the person may see none of these.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return row

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        raise Http404

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Only the buttons that this person may press and that make sense in the row's state."""
        row = self.get_object(request, str(object_id))
        offered = super().get_actions_detail(request, object_id)  # type: ignore[misc]
        return [action for action in offered if row is not None and action.method.is_offered(self, request, row)]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        """As Django's; what a service refuses is shown in the form, and the transaction is rolled back."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except DomainError as error:
            request.refusal = str(error)  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refusal", None)
        return type(form.__name__, (Refused, form), {"refusal": refusal}) if refusal else form

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        answer = super().changelist_view(request, extra_context)
        # unfold keeps the last request on the admin, which outlives it and is shared by all threads.
        self.__dict__.pop("request", None)
        return answer


class ReadOnlyInline(_Inline):
    """Rows that are shown below their parent and never changed there."""

    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = False
    hide_title = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def actor_of(request: HttpRequest, role: str) -> str:
    """How history names who did it, such as "merchant:<user id>"."""
    return f"{role}:{request.user.pk}"


def plain_text(text: str, most: int) -> str:
    """What somebody typed into one line: no control characters, no blanks around it, cut at `most` characters."""
    return "".join(letter for letter in text[: 4 * most] if letter.isprintable()).strip()[:most]


def now() -> Any:
    """The moment of a request; admin pages are entry points, so they read the clock."""
    return timezone.now()


def pk_of(row: Model) -> uuid.UUID:
    """The key of a row of ours."""
    return uuid.UUID(str(row.pk))
