"""The pictures of a product: their order, which of them go, and which value of an option each of them shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from catalog.admin.display import thumbnail
from catalog.errors import ApprovalNeeded
from catalog.models import Picture
from catalog.rules.options import options_in
from catalog.services.pictures import MAX_PICTURES, order_pictures, remove_picture, tie_picture
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
    """Its place among the others, and which choice of a shopper brings it to the front."""

    place = forms.IntegerField(
        label=pgettext_lazy("among pictures", "Place"),
        min_value=1,
        max_value=MAX_PICTURES,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget({"class": "w-20"}),
    )
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
        if "place" in form.fields and index is not None:
            form.initial["place"] = index + 1
        if "shows" in form.fields:
            form.fields["shows"].choices = [("", _("Every choice")), *self.choices()]

    def choices(self) -> list[tuple[str, str]]:
        options = options_in(self.instance.options or [], get_language() or "en")
        return [(f"{option.name}{BETWEEN}{value.value}", f"{option.label}: {value.label}") for option in options for value in option.values]

    def save_pictures(self) -> None:
        """Hand what was changed to the services; raises their DomainErrors."""
        self._save_ties()
        staying = [form for form in self.initial_forms if form not in self.deleted_forms]
        is_moved = any(_step(form) for form in staying)
        if self.instance.is_shown_as_approved and (is_moved or self.deleted_forms):
            raise ApprovalNeeded
        for form in self.deleted_forms:
            remove_picture(product_id=self.instance.pk, picture_id=form.instance.pk)
        if is_moved:
            order_pictures(product_id=self.instance.pk, picture_ids=[form.instance.pk for form in sorted(staying, key=_place)])

    def _save_ties(self) -> None:
        for form in self.initial_forms:
            if "shows" in form.changed_data and form not in self.deleted_forms:
                name, _between, value = form.cleaned_data["shows"].partition(BETWEEN)
                tie_picture(product_id=self.instance.pk, picture_id=form.instance.pk, option_name=name, option_value=value)


def _step(form: Any) -> int:
    """How far a picture was moved: forward is negative."""
    place = form.cleaned_data.get("place")
    return 0 if place is None else int(place - form.initial["place"])


def _place(form: Any) -> tuple[int, int]:
    """What was moved to a place comes before what stood there, or behind it where it came from further ahead."""
    step = _step(form)
    return form.initial["place"] + step, (step > 0) - (step < 0)


class PictureInline(MerchantInline):
    model = Picture
    form = PictureForm
    formset = PictureFormSet
    tenant_path = "product__merchant"
    can_delete = True
    readonly_fields = ["picture", "alt", "size"]
    ordering = ["position", "created_at"]
    picture = column(lambda self, row: thumbnail(row), _("picture"))
    size = column(lambda self, row: f"{row.width} × {row.height}", _("size"))
    shown_for = column(lambda self, row: f"{row.option_name}: {row.option_value}" if row.option_name else "–", _("Shown for"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        product_admin: Any = self.admin_site.get_model_admin(self.parent_model)
        return bool(product_admin.may_act(request))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["picture", "alt", "size", *(["place", "shows"] if self.has_change_permission(request) else ["shown_for"])]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["picture", "alt", "size"] if self.has_change_permission(request) else ["picture", "alt", "size", "shown_for"]
