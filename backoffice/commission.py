"""Commission plans with their rules: the list that decides, what it said before, and what an item would pay."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from catalog.admin.forms import CategoryChoice
from catalog.models import Category, Product, Variant
from catalog.selectors import sellable_variants
from core.backoffice.actions import ActionVariant, BaseDialogForm, object_action
from core.backoffice.base import ConsoleAdmin, ReadOnlyInline, actor_of, now
from core.backoffice.display import column, label, money
from core.backoffice.fields import ModelForm, MoneyField
from merchants.models import CommissionPlan, CommissionRule
from merchants.rules import Terms
from merchants.selectors import terms_of
from merchants.services.commission import RuleTerms, add_rule, change_rule, retire_rule
from orders.selectors.commission import Preview, commission_preview

AMOUNTS = ("from_minor", "to_minor", "floor_minor", "cap_minor", "fixed_minor")


def named(rules: QuerySet[Any]) -> QuerySet[Any]:
    """Rules with the names of their product and category, which the merchants' app does not know."""
    products = Product.objects.filter(pk=OuterRef("product")).values("title")
    categories = Category.objects.filter(slug=OuterRef("category")).values("name")
    annotations: Any = {"product_title": Subquery(products), "category_name": Subquery(categories)}
    rows: QuerySet[Any] = rules.select_related("plan", "merchant").annotate(**annotations)
    return rows


def scope_text(rule: Any) -> str:
    """What a rule, read by `named`, is for."""
    found = [
        rule.product and _now("product %(name)s") % {"name": rule.product_title or rule.product},
        rule.category and _now("category %(name)s") % {"name": rule.category_name or rule.category},
        rule.merchant_id and _now("merchant %(name)s") % {"name": rule.merchant},
        rule.from_minor is not None and _now("from %(amount)s") % {"amount": money(rule.from_minor, rule.currency)},
        rule.to_minor is not None and _now("below %(amount)s") % {"amount": money(rule.to_minor, rule.currency)},
    ]
    return ", ".join(text for text in found if text) or _now("everything")


def fee_text(terms: Terms) -> str:
    """What a rule takes, in words."""
    if terms.fixed_minor is not None:
        return _now("%(amount)s per piece") % {"amount": money(terms.fixed_minor, terms.currency)}
    text = f"{(terms.rate_bps or 0) / 100:g}%"
    if terms.floor_minor is not None:
        text += ", " + _now("at least %(amount)s") % {"amount": money(terms.floor_minor, terms.currency)}
    if terms.cap_minor is not None:
        text += ", " + _now("at most %(amount)s") % {"amount": money(terms.cap_minor, terms.currency)}
    return text


def state_label(rule: CommissionRule) -> Any:
    return label(_now("retired"), "neutral") if rule.retired_at else label(_now("in force"), "success")


class RuleInline(ReadOnlyInline):
    """The rules in force in their order, then what they were before."""

    model = CommissionRule
    fields = ["position", "what", "fee", "version", "state", "created_at", "retired_at"]
    show_change_link = True
    verbose_name_plural = _("rules")
    what = column(lambda self, row: scope_text(row), _("for"))
    fee = column(lambda self, row: fee_text(terms_of(row)), _("commission"))
    state = column(lambda self, row: state_label(row), _("status"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return named(super().get_queryset(request)).order_by(F("retired_at").desc(nulls_first=True), "position")


class PreviewForm(BaseDialogForm):
    """Which item, and how many of it."""

    sku = forms.CharField(label=_("SKU"), max_length=64, widget=UnfoldAdminTextInputWidget())
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=999, initial=1, widget=UnfoldAdminTextInputWidget())

    def clean_sku(self) -> Any:
        variant = Variant.objects.filter(sku=self.cleaned_data["sku"].strip()).order_by("pk").first()
        if variant is None:
            raise ValidationError(_("No item has this SKU."))
        return sellable_variants([variant.pk])[variant.pk]


@admin.register(CommissionPlan)
class CommissionPlanAdmin(ConsoleAdmin):
    list_display = ["name", "rate", "rule_number", "merchants"]
    fields = ["name", "rate_bps"]
    search_fields = ["name"]
    inlines = [RuleInline]
    can_add = can_change = True
    actions_detail = ["preview"]
    rate = column(lambda self, row: f"{row.rate_bps / 100:g}%", _("rate"), ordering="rate_bps")
    rule_number = column(lambda self, row: row.rule_count, _("rules"))
    merchants = column(lambda self, row: row.merchant_count, _("merchants"), ordering="merchant_count")

    def get_queryset(self, request: HttpRequest) -> Any:
        rules = Count("rules", filter=Q(rules__retired_at=None), distinct=True)
        return super().get_queryset(request).annotate(merchant_count=Count("merchant", distinct=True), rule_count=rules)

    @object_action(
        description=_("What would it pay?"),
        text=_("Reckons the commission on an item under this plan as it is now, sent within the operator's country."),
        form_class=PreviewForm,
        icon="calculate",
    )
    def preview(self, request: HttpRequest, form: Any, row: CommissionPlan) -> None:
        item, quantity = form.cleaned_data["sku"], form.cleaned_data["quantity"]
        found = commission_preview(row, item, quantity, settings.OPERATOR_COUNTRY, now())
        messages.info(request, _preview_text(found, item.title, quantity, item.currency))


def _preview_text(found: Preview, title: str, quantity: int, currency: str) -> str:
    terms = found.terms
    rule = _now("rule %(position)s, version %(version)s") % {"position": terms.position, "version": terms.version}
    return _now("%(quantity)s × %(title)s for %(gross)s, net %(net)s: %(rule)s, %(fee)s. Commission %(amount)s and tax %(tax)s.") % {
        "quantity": quantity,
        "title": title,
        "gross": money(found.gross_minor, currency),
        "net": money(found.gross_minor - found.tax_minor, currency),
        "rule": rule if terms.rule else _now("the plan's own rate"),
        "fee": fee_text(terms),
        "amount": money(found.fee.amount_minor, currency),
        "tax": money(found.fee.tax_minor, currency),
    }


class RuleForm(ModelForm):
    """A rule as the operator types it; amounts are of the shop's currency."""

    category = CategoryChoice(
        label=capfirst(_("category")), queryset=Category.objects.none(), to_field_name="slug", required=False,
        widget=UnfoldAdminSelectWidget(), help_text=_("With all that is below it."),
    )  # fmt: skip
    product = forms.CharField(
        label=capfirst(_("product")),
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_("The end of the product's address, or its id."),
    )
    from_minor = MoneyField(label=capfirst(_("item total from")), required=False)
    to_minor = MoneyField(label=capfirst(_("item total below")), required=False)
    floor_minor = MoneyField(label=capfirst(_("at least")), required=False)
    cap_minor = MoneyField(label=capfirst(_("at most")), required=False)
    fixed_minor = MoneyField(label=capfirst(_("fee per piece")), required=False)

    class Meta:
        model = CommissionRule
        fields = ["plan", "position", "product", "category", "merchant", "from_minor", "to_minor", "rate_bps", "floor_minor", "cap_minor",
                  "fixed_minor", "note"]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "category" in self.fields:
            self.fields["category"].queryset = Category.objects.order_by("path")  # type: ignore[attr-defined]
        if self.instance.pk and not self.instance._state.adding and "plan" in self.fields:
            self.fields["plan"].disabled = True

    def clean_category(self) -> str:
        category = self.cleaned_data["category"]
        return category.slug if category else ""

    def clean_product(self) -> Any:
        text = self.cleaned_data["product"].strip()
        if not text:
            return None
        rows = Product.objects.filter(slug=text.rstrip("/").rpartition("/")[2])
        found = rows.first() or Product.objects.filter(pk__in=_uuids(text)).first()
        if found is None:
            raise ValidationError(_("There is no such product."))
        return found.pk

    def _post_clean(self) -> None:
        """The service builds the row and the database judges it; Django would write into the version that stays."""

    def terms(self) -> RuleTerms:
        values = {name: self.cleaned_data.get(name) for name in ("position", "product", "category", "rate_bps", "note", *AMOUNTS)}
        merchant = self.cleaned_data.get("merchant")
        has_amounts = any(values[name] is not None for name in AMOUNTS)
        return RuleTerms(**values, merchant_id=merchant.pk if merchant else None, currency=settings.CURRENCY if has_amounts else "")  # type: ignore[arg-type]


def _uuids(text: str) -> list[Any]:
    try:
        return [forms.UUIDField().clean(text)]
    except ValidationError:
        return []


class InForceFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("live", _("In force")), ("retired", _("Retired"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(retired_at__isnull=self.value() == "live") if self.value() in {"live", "retired"} else queryset


@admin.register(CommissionRule)
class CommissionRuleAdmin(ConsoleAdmin):
    """Saving a changed rule writes its next version; the one before stays, for what was sold under it."""

    form = RuleForm
    list_display = ["plan", "position", "what", "fee", "version", "state", "created_at"]
    list_filter = ["plan", InForceFilter]
    ordering = ["plan", F("retired_at").desc(nulls_first=True), "position"]
    actions_detail = ["retire"]
    can_add = can_change = True
    what = column(lambda self, row: scope_text(row), _("for"))
    fee = column(lambda self, row: fee_text(terms_of(row)), _("commission"))
    state = column(lambda self, row: state_label(row), _("status"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return named(super().get_queryset(request))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.retired_at is None)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (
            RuleForm.Meta.fields
            if obj is None or obj.retired_at is None
            else ["plan", "position", "what", "fee", "note", "version", "retired_at"]
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj is not None and obj.retired_at else []

    def save_model(self, request: HttpRequest, obj: CommissionRule, form: RuleForm, change: bool) -> None:
        actor = actor_of(request, "operator")
        if change:
            saved = change_rule(rule_id=obj.pk, terms=form.terms(), actor=actor, at=now())
        else:
            saved = add_rule(plan_id=form.cleaned_data["plan"].pk, terms=form.terms(), actor=actor, at=now())
        obj.__dict__.update(saved.__dict__)

    @object_action(
        description=_("Retire"),
        text=_("It no longer counts for what is placed from now on."),
        done=_("The rule is retired."),
        icon="block",
        variant=ActionVariant.DANGER,
        when=lambda row: row.retired_at is None,
    )
    def retire(self, request: HttpRequest, form: Any, row: CommissionRule) -> None:
        retire_rule(rule_id=row.pk, at=now())
