"""What sets consist of, below the variants of a product; and the variants one may choose from."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from catalog.admin.own_variants import OwnVariantForm, OwnVariantsFormSet
from catalog.models import BundleItem, Product, Variant
from catalog.rules.bundles import MOST_PIECES
from catalog.services.bundles import Part, compose_bundle
from core.backoffice.base import ReadOnlyInline
from core.backoffice.display import column, label, money_column
from core.backoffice.fields import ModelChoiceField
from merchants.admin import MerchantInline, MerchantModelAdmin, merchant_site
from merchants.permissions import Duty


def variant_text(row: Variant) -> str:
    """A variant as one is chosen from many: title, options, SKU; its product is loaded."""
    return " · ".join([row.product.text("title"), *row.options.values(), row.sku])


class ComponentChoice(ModelChoiceField):
    """A variant that was searched for."""

    def label_from_instance(self, obj: Any) -> str:
        return variant_text(obj)

    def prepare_value(self, value: Any) -> Any:
        # The searching widget asks the database for whatever was posted.
        try:
            return super().prepare_value(value) if isinstance(value, Variant) else uuid.UUID(str(value))
        except ValueError:
            return None


class BundleItemForm(OwnVariantForm):
    """So many pieces of one variant in a set; which set and which variant cannot change once it exists."""

    quantity = forms.IntegerField(
        label=capfirst(_("pieces")), min_value=1, max_value=MOST_PIECES, initial=1, widget=UnfoldAdminIntegerFieldWidget()
    )

    class Meta:
        model = BundleItem
        fields = ["variant", "component", "quantity"]
        field_classes = {"component": ComponentChoice}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "component" in self.fields:
            field: Any = self.fields["component"]
            field.queryset = field.queryset.select_related("product")
        for name in {"variant", "component"} & set(self.fields):
            self.fields[name].disabled = not self.instance._state.adding
            widget: Any = self.fields[name].widget
            widget.can_add_related = widget.can_change_related = widget.can_view_related = False


class BundleItemFormSet(OwnVariantsFormSet):
    """Knows only the variants of its product as sets."""

    def validate_unique(self) -> None:
        """The service says why a part cannot be in a set twice."""

    def save_bundles(self) -> None:
        """Hand the sets that were changed to the service, whole; raises its DomainErrors."""
        wanted: dict[Any, list[Part]] = {}
        changed = set()
        for form in self.initial_forms:
            item = form.instance
            if form.cleaned_data.get("DELETE"):
                changed.add(item.variant_id)
                continue
            wanted.setdefault(item.variant_id, []).append(Part(item.component_id, form.cleaned_data["quantity"]))
            if form.has_changed():
                changed.add(item.variant_id)
        for form in self.extra_forms:
            values = form.cleaned_data
            if form.has_changed() and values and not values.get("DELETE"):
                wanted.setdefault(values["variant"].pk, []).append(Part(values["component"].pk, values["quantity"]))
                changed.add(values["variant"].pk)
        for variant_id in sorted(changed):
            compose_bundle(variant_id=variant_id, parts=wanted.get(variant_id, []))


class BundleItemInline(MerchantInline):
    model = BundleItem
    form = BundleItemForm
    formset = BundleItemFormSet
    fields = ["variant", "component", "quantity"]
    autocomplete_fields = ["component"]
    ordering = ["variant__position", "position"]
    max_num = 200
    can_delete = True
    verbose_name_plural = _("what is in a set")
    what = column(lambda self, row: variant_text(row.component), _("contains"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("component__product", "variant")

    def _may_act(self, request: HttpRequest) -> bool:
        product_admin: Any = self.admin_site.get_model_admin(self.parent_model)
        return bool(product_admin.may_act(request))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_act(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_act(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may_act(request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if self._may_act(request) else ["variant", "what", "quantity"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [] if self._may_act(request) else self.get_fields(request, obj)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0


class BundlePartsInline(ReadOnlyInline):
    """What is in a set, for the operator to read."""

    model = BundleItem
    fields = ["variant", "what", "quantity"]
    ordering = ["variant__position", "position"]
    verbose_name_plural = _("what is in a set")
    what = column(lambda self, row: variant_text(row.component), _("contains"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("component__product", "variant")


@admin.register(Variant, site=merchant_site)
class MerchantVariantAdmin(MerchantModelAdmin):
    """All variants of a shop, to look through and to choose parts of sets from; they change on their product's page."""

    duty = Duty.PRODUCTS
    list_display = ["product_title", "sku", "what", "price", "kind", "is_active"]
    list_filter = ["is_bundle", "is_active"]
    list_select_related = ["product"]
    search_fields = ["sku", "product__title"]
    search_help_text = _("Title or SKU")
    ordering = ["product__title", "position", "sku"]
    fields = ["product_title", "sku", "what", "price", "kind", "is_active"]
    product_title = column(lambda self, row: row.product.text("title"), _("product"), ordering="product__title")
    what = column(lambda self, row: ", ".join(row.options.values()) or "–", _("options"))
    price = money_column("price_minor", _("price"))
    kind = column(lambda self, row: label(_("Set"), "info") if row.is_bundle else "–", _("set"))

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        if request.path == reverse("merchant:autocomplete"):
            queryset = queryset.filter(is_bundle=False).select_related("product")
        return super().get_search_results(request, queryset, search_term)

    def choice_text(self, row: Variant) -> str:
        """How a row is offered where one is searched for."""
        return variant_text(row)


def warn_of_sets(request: HttpRequest, product: Product) -> None:
    """Say which sets cannot be bought because something of this product is not on sale."""
    off_sale = Q(component__is_active=False) | ~Q(component__product__status=Product.Status.PUBLISHED)
    items = BundleItem.objects.filter(off_sale, component__product=product, product__status=Product.Status.PUBLISHED)
    titles = [row.text("title") for row in Product.objects.filter(pk__in=items.values("product")).order_by("title")[:10]]
    if titles:
        messages.warning(request, _("These sets cannot be bought now, because a part of them is not on sale: %s.") % ", ".join(titles))
