"""The pictures of a product, and which value of an option each of them shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from catalog.admin.display import thumbnail
from catalog.models import Picture
from catalog.rules.options import options_in
from catalog.services.pictures import tie_picture
from core.backoffice.display import column
from core.backoffice.fields import ModelForm
from merchants.admin import MerchantInline

if TYPE_CHECKING:
    BaseFormSet = forms.BaseInlineFormSet[Any, Any, Any]
else:
    BaseFormSet = forms.BaseInlineFormSet

# Between the name of an option and its value in a form; nobody can type it.
BETWEEN = "\x1f"


def tie_of(picture: Picture) -> str:
    return f"{picture.option_name}{BETWEEN}{picture.option_value}" if picture.option_name else ""


class PictureForm(ModelForm):
    """Which choice of a shopper brings a picture to the front."""

    shows = forms.ChoiceField(label=_("Shown for"), required=False, widget=UnfoldAdminSelectWidget())

    class Meta:
        model = Picture
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "shows" in self.fields:
            self.initial["shows"] = tie_of(self.instance)

    def _post_clean(self) -> None:
        # The service writes; the instance stays as it was read.
        return


class PictureFormSet(BaseFormSet):
    """Knows only the options of its product."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "shows" in form.fields:
            form.fields["shows"].choices = [("", _("Every choice")), *self.choices()]

    def choices(self) -> list[tuple[str, str]]:
        options = options_in(self.instance.options or [], get_language() or "en")
        return [(f"{option.name}{BETWEEN}{value.value}", f"{option.label}: {value.label}") for option in options for value in option.values]

    def save_ties(self) -> None:
        """Hand what was changed to the service; raises its DomainErrors."""
        for form in self.initial_forms:
            if form.has_changed():
                name, _between, value = form.cleaned_data["shows"].partition(BETWEEN)
                tie_picture(product_id=self.instance.pk, picture_id=form.instance.pk, option_name=name, option_value=value)


class PictureInline(MerchantInline):
    model = Picture
    form = PictureForm
    formset = PictureFormSet
    tenant_path = "product__merchant"
    readonly_fields = ["picture", "alt", "size"]
    ordering = ["position", "created_at"]
    picture = column(lambda self, row: thumbnail(row), _("picture"))
    size = column(lambda self, row: f"{row.width} × {row.height}", _("size"))
    shown_for = column(lambda self, row: f"{row.option_name}: {row.option_value}" if row.option_name else "–", _("Shown for"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        product_admin: Any = self.admin_site.get_model_admin(self.parent_model)
        return bool(product_admin.may_act(request))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["picture", "alt", "size", "shows" if self.has_change_permission(request) else "shown_for"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["picture", "alt", "size"] if self.has_change_permission(request) else ["picture", "alt", "size", "shown_for"]
