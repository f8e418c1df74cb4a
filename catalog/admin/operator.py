"""The catalogue as the operator keeps it: the category tree and brands; products are moderated, not edited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from catalog import services
from catalog.admin.bundles import BundlePartsInline
from catalog.admin.display import price_columns, price_range, product_header, thumbnail
from catalog.admin.forms import CategoryChoice
from catalog.admin.personalisation import personalisation_text
from catalog.models import Brand, Category, Picture, Product, Variant
from catalog.rules.slugs import slug_base
from catalog.services.categories import create_category, move_category, rename_category, set_product_type, set_risky
from catalog.services.slugs import change_category_slug
from core.backoffice.actions import ActionVariant, ReasonForm, object_action
from core.backoffice.base import ConsoleAdmin, ReadOnlyInline, actor_of, now
from core.backoffice.display import column, money_column, status_column
from core.backoffice.fields import ModelForm, second_text, with_translations
from core.errors import DomainError
from core.subqueries import count_of_its


class NamesForm(ModelForm):
    """A name in both languages."""

    name_zh = forms.CharField(label=capfirst(_("name (Chinese)")), max_length=80, required=False, widget=UnfoldAdminTextInputWidget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["name_zh"] = second_text(self.instance, "name")

    def translations(self) -> dict[str, dict[str, str]]:
        return with_translations(self.instance.i18n, {"name": self.cleaned_data["name_zh"]})


class CategoryForm(NamesForm):
    parent = CategoryChoice(label=capfirst(_("below")), queryset=Category.objects.none(), required=False, widget=UnfoldAdminSelectWidget())

    address = forms.CharField(
        label=capfirst(_("address")),
        max_length=60,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("The end of the page's address. Former addresses lead to the new one for good."),
    )

    class Meta:
        model = Category
        fields = ["name", "is_risky", "product_type"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Category.objects.order_by("path")
        self.initial["address"] = self.instance.slug
        if self.instance.pk:
            rows = rows.exclude(path__startswith=self.instance.path)
            self.initial["parent"] = Category.objects.get_parent(self.instance)
        self.fields["parent"].queryset = rows  # type: ignore[attr-defined]


@admin.register(Category)
class CategoryAdmin(ConsoleAdmin):
    form = CategoryForm
    can_add = can_change = True
    list_display = ["tree_name", "chinese", "slug", "products"]
    search_fields = ["name", "slug"]
    ordering = ["path"]
    list_per_page = 200
    fields = ["name", "name_zh", "address", "parent", "product_type", "is_risky"]
    tree_name = column(
        lambda self, row: format_html('<span style="padding-left:{}rem">{}</span>', (row.depth - 1) * 1.25, row.name),
        _("name"),
        ordering="path",
    )
    chinese = column(lambda self, row: second_text(row, "name"), _("name (Chinese)"))
    products = column(lambda self, row: row.product_count, _("products"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(product_count=count_of_its(Product, "category"))

    def save_model(self, request: HttpRequest, obj: Any, form: CategoryForm, change: bool) -> None:
        name, parent = form.cleaned_data["name"], form.cleaned_data["parent"]
        if not change:
            made = create_category(name=name, parent=parent, slug=slug_base(form.cleaned_data["address"])[:45], i18n=form.translations())
            obj.pk, obj.path, obj.depth = made.pk, made.path, made.depth
            set_risky(category=made, is_risky=form.cleaned_data["is_risky"])
            set_product_type(category=made, product_type=form.cleaned_data["product_type"])
            return
        before = form.initial["parent"]
        rename_category(category=Category.objects.get(pk=obj.pk), name=name, i18n=form.translations())
        set_product_type(category=obj, product_type=form.cleaned_data["product_type"])
        if "address" in form.changed_data and form.cleaned_data["address"]:
            obj.slug = change_category_slug(category=obj, slug=form.cleaned_data["address"]).slug
        if "is_risky" in form.changed_data:
            set_risky(category=obj, is_risky=form.cleaned_data["is_risky"])
        if (before and before.pk) != (parent and parent.pk):
            move_category(category=Category.objects.get(pk=obj.pk), parent=parent)


class BrandForm(NamesForm):
    class Meta:
        model = Brand
        fields = ["name", "slug"]


@admin.register(Brand)
class BrandAdmin(ConsoleAdmin):
    form = BrandForm
    can_add = can_change = True
    list_display = ["name", "chinese", "slug", "products"]
    search_fields = ["name", "slug"]
    ordering = ["name"]
    fields = ["name", "name_zh", "slug"]
    prepopulated_fields = {"slug": ["name"]}
    chinese = column(lambda self, row: second_text(row, "name"), _("name (Chinese)"))
    products = column(lambda self, row: row.product_count, _("products"), ordering="product_count")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(product_count=count_of_its(Product, "brand"))

    def save_model(self, request: HttpRequest, obj: Brand, form: BrandForm, change: bool) -> None:
        obj.i18n = form.translations()
        super().save_model(request, obj, form, change)


class VariantInline(ReadOnlyInline):
    model = Variant
    fields = ["sku", "what", "price", "compare_at", "is_active"]
    ordering = ["position"]
    what = column(lambda self, row: ", ".join(row.options.values()) or "–", _("options"))
    price = money_column("price_minor", _("price"))
    compare_at = money_column("compare_at_minor", _("compare-at price"))


class PictureInline(ReadOnlyInline):
    model = Picture
    fields = ["picture", "alt"]
    ordering = ["position", "created_at"]
    picture = column(lambda self, row: thumbnail(row), _("picture"))


@admin.register(Product)
class ProductAdmin(ConsoleAdmin):
    """Moderation: the operator reads everything and takes off sale what must not be there."""

    list_display = ["product", "merchant", "state", "price", "category", "created_at"]
    list_filter = ["status", "merchant", "category"]
    list_select_related = ["card", "category", "merchant"]
    search_fields = ["title", "variants__sku", "merchant__name"]
    ordering = ["-created_at"]
    fields = [
        "title",
        "chinese",
        "merchant",
        "state",
        "category",
        "brand",
        "condition",
        "defects",
        "handling_days",
        "is_digital",
        "is_made_to_order",
        "asks",
        "tax_class",
        "description",
        "created_at",
        "published_at",
        "publish_at",
        "hide_at",
    ]
    inlines = [VariantInline, BundlePartsInline, PictureInline]
    actions = ["approve_selected"]
    actions_detail = ["approve", "give_back", "hide"]
    product = column(lambda self, row: product_header(row), _("product"), ordering="title")
    chinese = column(lambda self, row: second_text(row, "title"), _("title (Chinese)"))
    asks = column(lambda self, row: personalisation_text(row.personalisation), _("personalisation"))
    state = status_column(_("status"))
    price = column(lambda self, row: price_range(row), _("price"), ordering="low_minor")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(**price_columns())

    @object_action(
        description=_("Approve"),
        text=_("Shoppers find it from now on."),
        done=_("The product is on sale."),
        icon="check",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == Product.Status.PENDING,
    )
    def approve(self, request: HttpRequest, form: Any, row: Product) -> None:
        services.approve_product(product_id=row.pk, actor=actor_of(request, "operator"), at=now())

    def has_act_permission(self, request: HttpRequest) -> bool:
        return self.may_act(request)

    @admin.action(description=_("Approve"), permissions=["act"])
    def approve_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        done = 0
        for product_id, title in queryset.filter(status=Product.Status.PENDING).values_list("pk", "title"):
            try:
                services.approve_product(product_id=product_id, actor=actor_of(request, "operator"), at=now())
                done += 1
            except DomainError as error:
                messages.error(request, f"{title}: {error}")
        messages.success(request, ngettext("%(count)d product is approved.", "%(count)d products are approved.", done) % {"count": done})

    @object_action(
        description=_("Return"),
        text=_("It becomes a draft again, and the shop is told why."),
        done=_("The product was returned."),
        form_class=ReasonForm,
        icon="undo",
        when=lambda row: row.status == Product.Status.PENDING,
    )
    def give_back(self, request: HttpRequest, form: Any, row: Product) -> None:
        services.return_product(product_id=row.pk, actor=actor_of(request, "operator"), reason=form.cleaned_data["reason"], at=now())

    @object_action(
        description=_("Hide"),
        text=_("The product leaves the shop; the merchant sees that the marketplace hid it, and why."),
        done=_("The product is hidden."),
        form_class=ReasonForm,
        icon="visibility_off",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status == Product.Status.PUBLISHED,
    )
    def hide(self, request: HttpRequest, form: Any, row: Product) -> None:
        services.hide_product(product_id=row.pk, actor=actor_of(request, "operator"), at=now(), reason=form.cleaned_data["reason"])
