"""What the operator tells the search and the filters: typed attributes, product types, synonyms and searches of others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from catalog.models import AskedQuery, Attribute, AttributeChoice, ProductType, Synonym, TypeAttribute
from catalog.rules.queries import phrase_of
from catalog.selectors.meaning import forget_synonyms
from catalog.services.attributes import follow_attributes
from core.backoffice.base import ConsoleAdmin
from core.backoffice.display import column
from core.backoffice.fields import ModelForm, second_text, with_translations

if TYPE_CHECKING:
    from django.contrib.admin import TabularInline

    _Inline = TabularInline[Any, Any]
else:
    from unfold.admin import TabularInline as _Inline

MOST_WORDS = 20
MAX_WORD = 60


class TranslatedForm(ModelForm):
    """A text in both languages; `second` names its field."""

    second = "name"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial[f"{self.second}_zh"] = second_text(self.instance, self.second)

    def save(self, commit: bool = True) -> Any:
        self.instance.i18n = with_translations(self.instance.i18n, {self.second: self.cleaned_data[f"{self.second}_zh"]})
        return super().save(commit)


class LinesField(forms.CharField):
    """Words, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": UnfoldAdminTextareaWidget(attrs={"rows": 3}), "required": False, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        words = [line.strip() for line in str(value or "").replace(",", "\n").replace("\uff0c", "\n").splitlines()]
        found = list(dict.fromkeys(word for word in words if word))
        if len(found) > MOST_WORDS or any(len(word) > MAX_WORD for word in found):
            raise ValidationError(_("At most 20 words of at most 60 characters."))
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool((initial or []) != self.to_python(data))
        except ValidationError:
            return True


class AttributeForm(TranslatedForm):
    name_zh = forms.CharField(label=capfirst(_("name (Chinese)")), max_length=80, required=False, widget=UnfoldAdminTextInputWidget())

    class Meta:
        model = Attribute
        fields = ["key", "name", "kind", "unit", "is_facet", "position"]


class ChoiceForm(TranslatedForm):
    second = "label"
    label_zh = forms.CharField(label=capfirst(_("label (Chinese)")), max_length=80, required=False, widget=UnfoldAdminTextInputWidget())
    aliases = LinesField(label=capfirst(_("other words")))

    class Meta:
        model = AttributeChoice
        fields = ["key", "label", "swatch", "aliases", "position"]


class ChoiceInline(_Inline):
    model = AttributeChoice
    form = ChoiceForm
    fields = ["key", "label", "label_zh", "swatch", "aliases", "position"]
    ordering = ["position"]
    extra = 0
    max_num = 300


class TypeAttributeInline(_Inline):
    model = TypeAttribute
    fields = ["attribute", "is_required", "position"]
    ordering = ["position"]
    extra = 0
    max_num = 60


@admin.register(Attribute)
class AttributeAdmin(ConsoleAdmin):
    form = AttributeForm
    inlines = [ChoiceInline]
    can_add = can_change = True
    list_display = ["name", "chinese", "key", "kind", "unit", "is_facet", "choices"]
    search_fields = ["name", "key"]
    ordering = ["position", "key"]
    fields = [("name", "name_zh"), ("key", "kind"), ("unit", "position"), "is_facet"]
    chinese = column(lambda self, row: second_text(row, "name"), _("name (Chinese)"))
    choices = column(lambda self, row: row.choice_count or "–", _("choices"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(choice_count=Count("choices"))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        follow_attributes()


class TypeForm(TranslatedForm):
    name_zh = forms.CharField(label=capfirst(_("name (Chinese)")), max_length=80, required=False, widget=UnfoldAdminTextInputWidget())

    class Meta:
        model = ProductType
        fields = ["name", "slug"]


@admin.register(ProductType)
class ProductTypeAdmin(ConsoleAdmin):
    form = TypeForm
    inlines = [TypeAttributeInline]
    can_add = can_change = True
    list_display = ["name", "chinese", "slug", "asked"]
    search_fields = ["name", "slug"]
    ordering = ["name"]
    fields = [("name", "name_zh"), "slug"]
    prepopulated_fields = {"slug": ["name"]}
    chinese = column(lambda self, row: second_text(row, "name"), _("name (Chinese)"))
    asked = column(lambda self, row: row.attribute_count, _("attributes"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(attribute_count=Count("attributes"))


class SynonymForm(ModelForm):
    words = LinesField(label=capfirst(_("words")), required=True, help_text=_("One a line; a search for any of them finds all of them."))

    class Meta:
        model = Synonym
        fields = ["words"]

    def clean_words(self) -> list[str]:
        words: list[str] = self.cleaned_data["words"]
        if len({phrase_of(word) for word in words} - {()}) < 2:
            raise ValidationError(_("Give at least two different words."))
        return words


@admin.register(Synonym)
class SynonymAdmin(ConsoleAdmin):
    form = SynonymForm
    can_add = can_change = can_delete = True
    list_display = ["all_words", "created_at"]
    search_fields = ["words"]
    ordering = ["-created_at"]
    fields = ["words"]
    all_words = column(lambda self, row: ", ".join(row.words), _("words"))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        forget_synonyms()


@admin.register(AskedQuery)
class AskedQueryAdmin(ConsoleAdmin):
    list_display = ["text", "language", "times", "results", "asked_on", "is_hidden"]
    list_filter = ["language", "is_hidden"]
    search_fields = ["text", "folded"]
    ordering = ["-times"]
    fields = ["text", "language", "times", "results", "asked_on", "is_hidden"]
    actions = ["hide", "show"]

    @admin.action(description=_("Never suggest"))
    def hide(self, request: HttpRequest, queryset: QuerySet[AskedQuery]) -> None:
        self._set_hidden(request, queryset, is_hidden=True)

    @admin.action(description=_("Suggest again"))
    def show(self, request: HttpRequest, queryset: QuerySet[AskedQuery]) -> None:
        self._set_hidden(request, queryset, is_hidden=False)

    def _set_hidden(self, request: HttpRequest, queryset: QuerySet[AskedQuery], *, is_hidden: bool) -> None:
        changed = queryset.exclude(is_hidden=is_hidden).update(is_hidden=is_hidden)
        messages.success(request, ngettext("%(n)s search changed.", "%(n)s searches changed.", changed) % {"n": changed})
