"""Rows below a product that are about one of its variants and are written by a service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from catalog.models import Variant
from core.backoffice.fields import ModelForm

if TYPE_CHECKING:
    BaseFormSet = forms.BaseInlineFormSet[Any, Any, Any]
else:
    BaseFormSet = forms.BaseInlineFormSet


class OwnVariantForm(ModelForm):
    """The service writes; the instance stays as it was read."""

    def _post_clean(self) -> None:
        return


class OwnVariantsFormSet(BaseFormSet):
    """Knows only the variants of its product."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "variant" in form.fields:
            form.fields["variant"].queryset = Variant.objects.filter(product_id=self.instance.pk).order_by("position", "created_at")
