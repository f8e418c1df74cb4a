"""A merchant's own products."""

from __future__ import annotations

import types
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalog import services
from catalog.admin.attributes import attribute_fields
from catalog.admin.bundles import BundleItemInline, warn_of_sets
from catalog.admin.display import price_columns, price_range, product_header
from catalog.admin.forms import CHINESE, ProductForm, VariantForm
from catalog.admin.parcels import sides_of, size_text
from catalog.admin.personalisation import personalisation_text
from catalog.admin.pictures import PictureInline
from catalog.admin.prices import VariantPriceInline, elsewhere
from catalog.admin.records import PRODUCT_WITH_PRICES
from catalog.admin.saving import save_product
from catalog.admin.standing import planned, said_by_operator
from catalog.admin.tiers import tiers_text
from catalog.models import Brand, BundleItem, Category, Picture, Product, Variant, VariantPrice
from core.backoffice.actions import ActionVariant, ReasonForm, object_action
from core.backoffice.base import now
from core.backoffice.display import column, label, money_column, status_column
from core.errors import DomainError
from merchants.admin import MerchantInline, MerchantModelAdmin, merchant_site
from merchants.permissions import Duty

Status = Product.Status


# Columns that say in words what fields ask for.
READ = {
    "price_minor": "price",
    "compare_at_minor": "compare_at",
    "tiers": "by_quantity",
    "options": "what",
    "personalisation": "asks",
    "size": "packed",
}


class VariantInline(MerchantInline):
    model = Variant
    form = VariantForm
    fields = [
        "sku",
        "options",
        "price_minor",
        "compare_at_minor",
        "tiers",
        "min_quantity",
        "quantity_step",
        "elsewhere",
        "weight_g",
        "size",
        "hs_code",
        "origin",
        "is_active",
    ]
    ordering = ["position", "created_at"]
    max_num = 200
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return merchant_site.get_model_admin(Product).may_act(request)  # type: ignore[attr-defined,no-any-return]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("prices")

    elsewhere = elsewhere
    what = column(lambda self, row: ", ".join(row.options.values()) or "–", _("options"))
    price = money_column("price_minor", _("price"))
    compare_at = money_column("compare_at_minor", _("compare-at price"))
    by_quantity = column(lambda self, row: tiers_text(row), _("price tiers"))
    packed = column(lambda self, row: size_text(sides_of(row)) or "–", _("Packed size, mm"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if self.has_change_permission(request) else [READ.get(str(field), field) for field in self.fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            ["elsewhere"] if self.has_change_permission(request) else ["what", "price", "compare_at", "by_quantity", "elsewhere", "packed"]
        )

    def get_min_num(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0


@admin.register(Product, site=merchant_site)
class MerchantProductAdmin(MerchantModelAdmin):
    duty = Duty.PRODUCTS
    records = PRODUCT_WITH_PRICES
    shared_models = (Category, Brand)
    form = ProductForm
    can_add = can_change = True
    list_display = ["product", "state", "planned", "price", "in_stock", "category", "sold", "created_at"]
    list_filter = ["status", "condition", "category"]
    list_select_related = ["card", "category", "merchant"]
    search_fields = ["title", "variants__sku"]
    search_help_text = _("Title or SKU")
    ordering = ["-created_at"]
    inlines = [VariantInline, VariantPriceInline, BundleItemInline, PictureInline]
    fieldsets = [
        (None, {"fields": [("state", "said"), ("title", "title_zh"), ("description", "description_zh")]}),
        (
            _("Where it belongs"),
            {
                "fields": [
                    ("category", "brand"),
                    ("condition", "tax_class"),
                    ("defects", "defects_zh"),
                    ("is_digital", "files"),
                ]
            },
        ),
        (_("Made for its buyer"), {"fields": [("is_made_to_order", "handling_days"), "personalisation"]}),
        (_("When it is on sale"), {"fields": [("publish_at", "hide_at")]}),
        (_("Pictures"), {"fields": ["new_pictures"]}),
        (_("Address"), {"fields": ["address"]}),
    ]
    actions = ["publish_selected", "hide_selected"]
    actions_detail = ["publish", "submit", "hide", "rework", "archive"]
    product = column(lambda self, row: product_header(row), _("product"), ordering="title")
    state = status_column(_("status"))
    price = column(lambda self, row: price_range(row), _("price"), ordering="low_minor")
    sold = column(lambda self, row: getattr(getattr(row, "card", None), "sold", 0), _("sold"), ordering="card__sold")

    @admin.display(description=_("in stock"))
    def in_stock(self, row: Product) -> Any:
        is_there = bool(getattr(getattr(row, "card", None), "in_stock", False))
        return label(_("In stock"), "success") if is_there else label(_("Sold out"), "danger")

    @admin.display(description=_("files for download"))
    def files(self, row: Product) -> Any:
        if not row.is_digital:
            return _("For digital products only.")
        count = row.digital_files.filter(withdrawn_at=None).count()
        text = ngettext("%(count)d file", "%(count)d files", count) % {"count": count}
        return format_html(
            '{} · <a class="link" href="{}">{}</a>', text, reverse("merchant:digital-files", args=[row.pk]), _("Files and terms")
        )

    asks = column(lambda self, row: personalisation_text(row.personalisation), _("personalisation"))
    planned = column(lambda self, row: planned(row), _("planned"))
    said = column(lambda self, row: said_by_operator(row), _("from the marketplace"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # What was sold as a file is never sent, so the choice is made once.
        chosen = ["is_digital"] if obj else []
        return [*super().get_readonly_fields(request, obj), "state", "said", "files", "asks", *chosen]

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        # A product that is being made has no variants yet that could have a second price or parts.
        return [inline for inline in self.inlines if obj is not None or inline not in {VariantPriceInline, BundleItemInline}]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(**price_columns())

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        own = {f"{name}_zh" for name in CHINESE} | {"new_pictures", "address"}
        if self.may_act(request):
            asked = list(attribute_fields(obj))
            return [*super().get_fieldsets(request, obj), *([(_("Attributes"), {"fields": asked})] if asked else [])]
        # Form fields beside the model's cannot be shown read-only.
        shown = [(title, {"fields": [READ.get(f, f) for row in options["fields"] for f in ([row] if isinstance(row, str) else row)
                                     if f not in own]}) for title, options in self.fieldsets]  # fmt: skip
        return [(title, options) for title, options in shown if options["fields"]]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        fields = attribute_fields(obj) if self.may_act(request) else {}
        if fields and "form" not in kwargs:
            kwargs["form"] = types.new_class(ProductForm.__name__, (ProductForm,), exec_body=lambda body: body.update(fields))
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Saved together with the variants, in save_related."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        variants = next(formset for formset in formsets if formset.model is Variant)
        proposal = save_product(self.merchant(request), form, variants, change=change, actor=self.actor(request), at=now())
        if proposal is not None:
            messages.info(request, _("Prices are saved. What you changed in the texts is shown when the marketplace has agreed."))
        for formset in formsets:
            if formset.model is VariantPrice and change:
                formset.save_prices()
            if formset.model is BundleItem and change:
                formset.save_bundles()
            if formset.model is Picture and change:
                formset.save_pictures()
        for formset in formsets:
            formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
        if change:
            warn_of_sets(request, form.instance)

    def merchant(self, request: HttpRequest) -> Any:
        return request.merchant  # type: ignore[attr-defined]

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._each(request, queryset, services.submit_or_publish)

    @admin.action(description=_("Hide"), permissions=["change"])
    def hide_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self._each(request, queryset, services.hide_product)

    def _each(self, request: HttpRequest, queryset: QuerySet[Any], service: Any) -> None:
        done = 0
        for product_id, title in queryset.values_list("pk", "title"):
            try:
                service(product_id=product_id, actor=self.actor(request), at=now())
                done += 1
            except DomainError as error:
                messages.error(request, f"{title}: {error}")
        if done:
            messages.success(request, ngettext("%(count)d product changed.", "%(count)d products changed.", done) % {"count": done})

    @object_action(
        description=_("Publish"),
        text=_("Shoppers will find it from now on."),
        done=_("The product is on sale."),
        icon="storefront",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == Status.HIDDEN or (row.status in {Status.DRAFT, Status.PENDING} and not row.merchant.needs_approval),
    )
    def publish(self, request: HttpRequest, form: Any, row: Product) -> None:
        services.publish_product(product_id=row.pk, actor=self.actor(request), at=now())

    @object_action(
        description=_("Send in for approval"),
        text=_("The marketplace looks at it; then shoppers will find it, or you hear what is missing."),
        done=_("The product waits for approval."),
        icon="outgoing_mail",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == Status.DRAFT and row.merchant.needs_approval,
    )
    def submit(self, request: HttpRequest, form: Any, row: Product) -> None:
        services.submit_or_publish(product_id=row.pk, actor=self.actor(request), at=now())

    @object_action(
        description=_("Back to draft"),
        text=_("You can change everything again. It has to be sent in anew before shoppers find it."),
        done=_("The product is a draft."),
        icon="edit_note",
        when=lambda row: row.status in {Status.PENDING, Status.HIDDEN} and row.merchant.needs_approval,
    )
    def rework(self, request: HttpRequest, form: Any, row: Product) -> None:
        services.rework_product(product_id=row.pk, actor=self.actor(request), at=now())

    @object_action(
        description=_("Hide"),
        text=_("It leaves the shop until you publish it again."),
        done=_("The product is hidden."),
        icon="visibility_off",
        when=lambda row: row.status == Status.PUBLISHED,
    )
    def hide(self, request: HttpRequest, form: Any, row: Product) -> None:
        services.hide_product(product_id=row.pk, actor=self.actor(request), at=now())
        warn_of_sets(request, row)

    @object_action(
        description=_("Archive"),
        text=_("It leaves the shop for good; its orders and figures stay."),
        done=_("The product is archived."),
        form_class=ReasonForm,
        icon="archive",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status not in {Status.ARCHIVED, Status.PENDING},
    )
    def archive(self, request: HttpRequest, form: Any, row: Product) -> None:
        services.archive_product(product_id=row.pk, actor=self.actor(request), at=now(), reason=form.cleaned_data["reason"])
        warn_of_sets(request, row)
