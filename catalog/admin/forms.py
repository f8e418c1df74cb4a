"""The product form and the rows of its variants, as sellers fill them in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from catalog.admin.parcels import HsCodeField, OriginField, SizeField, sides_of
from catalog.admin.personalisation import PersonalisationField
from catalog.admin.tiers import TiersField
from catalog.models import Category, Product, Variant
from core.backoffice.fields import ModelChoiceField, ModelForm, MoneyField, TextField, second_text

NARROW = {"class": "narrow-input"}
CHINESE = ("title", "description", "defects")
PLANNED = ("publish_at", "hide_at")


class Pictures(forms.FileInput):
    """A file field that takes several pictures at once."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"class": "file-input", "accept": "image/jpeg,image/png,image/webp,image/avif,image/gif"})


class PicturesField(forms.FileField):
    """The bytes of several uploaded files; the catalogue decides whether they are pictures."""

    widget = Pictures
    most = 10

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if len(files) > self.most:
            raise ValidationError(_("At most %(most)s pictures at once.") % {"most": self.most})
        return [super(PicturesField, self).clean(file, initial).read() for file in files]


class CategoryChoice(ModelChoiceField):
    """Categories as the tree they are."""

    def label_from_instance(self, obj: Any) -> str:
        return "\u2003" * (int(obj.depth) - 1) + str(obj.text("name"))


class ProductForm(ModelForm):
    description = TextField(label=capfirst(_("description")), required=False)
    title_zh = forms.CharField(label=capfirst(_("title (Chinese)")), max_length=200, required=False, widget=UnfoldAdminTextInputWidget())
    description_zh = TextField(label=capfirst(_("description (Chinese)")), required=False)
    address = forms.CharField(
        label=capfirst(_("address")),
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("The end of the page's address. Former addresses lead to the new one for good."),
    )
    defects = forms.CharField(
        label=capfirst(_("defects")), max_length=1_000, required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text=_("What is worn, marked or missing of used goods."),
    )  # fmt: skip
    defects_zh = forms.CharField(
        label=capfirst(_("defects (Chinese)")), max_length=1_000, required=False, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
    )
    personalisation = PersonalisationField(
        label=capfirst(_("personalisation")), required=False,
        help_text=_(
            "What buyers may write on it, a line each: label | label in Chinese | characters at most | ! where it must be filled in."
        ),
    )  # fmt: skip
    new_pictures = PicturesField(
        label=capfirst(_("add pictures")), required=False, help_text=_("JPEG, PNG or WebP; the first picture is the one on cards.")
    )

    class Meta:
        model = Product
        fields = [
            "title",
            "description",
            "category",
            "brand",
            "condition",
            "defects",
            "handling_days",
            "is_digital",
            "is_made_to_order",
            "personalisation",
            "tax_class",
            "publish_at",
            "hide_at",
        ]
        field_classes = {"category": CategoryChoice}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["address"] = self.instance.slug
        for field in CHINESE:
            self.initial[f"{field}_zh"] = second_text(self.instance, field)
        for field in set(PLANNED) & set(self.fields):
            zone = timezone.localtime().strftime("%Z, UTC%z")
            self.fields[field].help_text = _("Time zone: %(zone)s. Empty for never.") % {"zone": zone}

    def clean_category(self) -> Category:
        category: Category = self.cleaned_data["category"]
        if category.numchild:
            raise ValidationError(_("Choose a category at the end of its branch."))
        return category


class OptionsField(forms.CharField):
    """What a variant is, typed as "Colour: Red; Size: M"."""

    def prepare_value(self, value: Any) -> Any:
        return "; ".join(f"{name}: {chosen}" for name, chosen in value.items()) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        text = (super().to_python(value) or "").replace("；", ";").replace("：", ":")
        parts = [part.partition(":") for part in text.split(";") if part.strip()]
        if any(not (name.strip() and chosen.strip()) for name, _colon, chosen in parts):
            raise ValidationError(_("Write options like “Colour: Red; Size: M”."))
        return {name.strip(): chosen.strip() for name, _colon, chosen in parts}

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data) and self.to_python(data) != (initial or {})


def pieces(label: Any) -> forms.IntegerField:
    """A number of pieces."""
    return forms.IntegerField(label=capfirst(label), required=False, min_value=1, widget=UnfoldAdminIntegerFieldWidget())


class VariantForm(ModelForm):
    """One row of the variants table. What a variant is cannot change once it exists: orders and stock name it."""

    options = OptionsField(
        label=capfirst(_("options")), required=False, widget=UnfoldAdminTextInputWidget(attrs={"placeholder": _("Colour: Red; Size: M")})
    )
    price_minor = MoneyField(label=_("Price"), least_minor=1)
    compare_at_minor = MoneyField(label=capfirst(_("compare-at price")), required=False, least_minor=1)
    tiers = TiersField(label=capfirst(_("price tiers")), required=False)
    # A row that leaves these out keeps what it has.
    min_quantity = pieces(_("least quantity"))
    quantity_step = pieces(_("sold in multiples of"))
    size = SizeField()
    hs_code = HsCodeField()
    origin = OriginField()

    class Meta:
        model = Variant
        fields = [
            "sku", "options", "price_minor", "compare_at_minor", "tiers", "min_quantity", "quantity_step", "weight_g", "size", "hs_code",
            "origin", "is_active",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = self.instance.currency or settings.CURRENCY
        for name in ("price_minor", "compare_at_minor", "tiers"):
            self.fields[name].currency = currency  # type: ignore[attr-defined]
        self.fields["price_minor"].label = capfirst(_("price (%(currency)s)") % {"currency": currency})
        self.fields["options"].disabled = not self.instance._state.adding
        self.initial["size"] = sides_of(self.instance)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("min_quantity", "quantity_step"):
            cleaned[name] = cleaned.get(name) or getattr(self.instance, name)
        price, before = cleaned.get("price_minor"), cleaned.get("compare_at_minor")
        if price and before and before <= price:
            self.add_error("compare_at_minor", _("The compare-at price must be above the price."))
        return cleaned

    def _post_clean(self) -> None:
        # The service writes; the instance stays as it was read, so constraints are not checked against half a row.
        return
