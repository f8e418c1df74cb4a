"""Prices in other currencies, below the variants of a product."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from catalog.admin.own_variants import OwnVariantForm, OwnVariantsFormSet
from catalog.admin.tiers import TiersField, tiers_text
from catalog.models import Variant, VariantPrice
from catalog.rules.prices import Price, price_in
from catalog.services.prices import set_price
from core.backoffice.display import column, money, money_column
from core.backoffice.fields import MoneyField
from core.exchange.selectors import conversion_to, offered_currencies
from merchants.admin import MerchantInline


def other_currencies() -> list[tuple[str, str]]:
    """What goods may be priced in besides the shop's own currency and theirs."""
    return [(code, code) for code in settings.CURRENCIES]


class VariantPriceForm(OwnVariantForm):
    """One variant's price in one currency; which variant and currency cannot change once it exists."""

    currency = forms.ChoiceField(label=capfirst(_("currency")), choices=other_currencies, widget=UnfoldAdminSelectWidget())
    price_minor = MoneyField(label=capfirst(_("price")), least_minor=1)
    compare_at_minor = MoneyField(label=capfirst(_("compare-at price")), required=False, least_minor=1)
    tiers = TiersField(label=capfirst(_("price tiers")), required=False)

    class Meta:
        model = VariantPrice
        fields = ["variant", "currency", "price_minor", "compare_at_minor", "tiers"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_new = self.instance._state.adding
        typed = self.data.get(self.add_prefix("currency"), "") if is_new and self.is_bound else self.instance.currency
        # Who may only look gets a form without fields.
        for name in {"price_minor", "compare_at_minor", "tiers"} & set(self.fields):
            self.fields[name].currency = typed if typed in settings.CURRENCIES else settings.CURRENCY  # type: ignore[attr-defined]
        for name in {"variant", "currency"} & set(self.fields):
            self.fields[name].disabled = not is_new


class VariantPriceFormSet(OwnVariantsFormSet):
    """Knows only the variants of its product, and each in one currency once."""

    def validate_unique(self) -> None:
        """A second row for the same variant and currency would silently win."""
        seen = set()
        for form in self.forms:
            values = getattr(form, "cleaned_data", {})
            pair = (values.get("variant"), values.get("currency"))
            if all(pair) and not values.get("DELETE"):
                if pair in seen:
                    form.add_error("currency", _("This variant has a price in this currency already."))
                    raise forms.ValidationError(_("A variant has one price in each currency."))
                seen.add(pair)

    def save_prices(self) -> None:
        """Hand what was changed to the service; raises its DomainErrors."""
        for form in self.initial_forms:
            price = form.instance
            if form.cleaned_data.get("DELETE"):
                set_price(variant_id=price.variant_id, currency=price.currency, price_minor=None)
            elif form.has_changed():
                self._save(form, price.variant_id, price.currency)
        for form in self.extra_forms:
            if form.has_changed() and form.cleaned_data and not form.cleaned_data.get("DELETE"):
                self._save(form, form.cleaned_data["variant"].pk, form.cleaned_data["currency"])

    def _save(self, form: Any, variant_id: Any, currency: str) -> None:
        amounts = {name: form.cleaned_data[name] for name in ("price_minor", "compare_at_minor", "tiers")}
        set_price(variant_id=variant_id, currency=currency, **amounts)


class VariantPriceInline(MerchantInline):
    model = VariantPrice
    form = VariantPriceForm
    formset = VariantPriceFormSet
    fields = ["variant", "currency", "price_minor", "compare_at_minor", "tiers"]
    ordering = ["variant__position", "currency"]
    max_num = 1_000
    can_delete = True
    price = money_column("price_minor", _("price"))
    compare_at = money_column("compare_at_minor", _("compare-at price"))
    by_quantity = column(lambda self, row: tiers_text(row), _("price tiers"))

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
        return self.fields if self._may_act(request) else ["variant", "currency", "price", "compare_at", "by_quantity"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [] if self._may_act(request) else self.get_fields(request, obj)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0


def prices_elsewhere(variant: Variant) -> str:
    """What shoppers see in the other currencies: prices set by hand, marked, and converted ones."""
    on = timezone.localdate()
    explicit = {price.currency: price for price in variant.prices.all()}
    base = Price(variant.price_minor, variant.compare_at_minor, variant.currency)
    shown = []
    for currency in offered_currencies(on):
        own = explicit.get(currency)
        asked = Price(own.price_minor, own.compare_at_minor, currency) if own else None
        price = price_in(base, asked, conversion_to(currency, on))
        if currency != variant.currency and price.currency == currency:
            shown.append(money(price.minor, currency) + (" ✎" if own else ""))
    return " · ".join(shown) or "–"


elsewhere = column(lambda self, row: prices_elsewhere(row) if row.pk and row.currency else "–", _("in other currencies (✎ set by you)"))
