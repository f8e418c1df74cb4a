"""The operator's weights and thresholds of payment risk. Saving makes a new version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import column
from core.backoffice.fields import ModelForm
from payments import risk_rules
from payments.models import RiskPolicy
from payments.risk_selectors import policy_in_force
from payments.services.risk import change_policy

THRESHOLDS = {"extra_check_from": _("extra check from"), "review_from": _("review from"), "block_from": _("refuse from")}
NAMES = {
    "many_by_buyer": _("purchases by one buyer in an hour"),
    "many_by_address": _("purchases from one network address in an hour"),
    "many_by_device": _("purchases from one device in an hour"),
    "many_by_card": _("purchases with one card in a day"),
    "many_cards": _("cards of one buyer in a day"),
    "failed_attempts": _("failed payments in an hour"),
    "large_amount": _("amount in minor units of the shop's currency"),
    "unusual_amount": _("times the buyer's usual amount"),
    "new_buyer": _("hours since the account was made"),
    "disposable_mail": _("disposable e-mail address"),
    "country_mismatch": _("network of another country"),
    "currency_mismatch": _("currency of another country"),
    "language_mismatch": _("language of another country"),
    "risky_goods": _("goods often bought with stolen cards"),
    "refused_at_door": _("parcels refused at the door in half a year"),
    "cash_on_its_way": _("purchases in cash that are not delivered yet"),
}


def _number(text: Any, least: int, most: int, help_text: Any = "") -> forms.IntegerField:
    widget = UnfoldAdminIntegerFieldWidget()
    return forms.IntegerField(label=capfirst(text), min_value=least, max_value=most, widget=widget, help_text=help_text)


class PolicyForm(ModelForm):
    """Weights 0 to 100 (0 leaves a reason out), what is counted against, and the three thresholds."""

    class Meta:
        model = RiskPolicy
        fields = list(THRESHOLDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _version, policy = policy_in_force()
        never = risk_rules.MOST_SCORE + 1
        for name, title in THRESHOLDS.items():
            self.fields[name] = _number(title, 1, never, _("A score; 101 is never."))
            self.initial[name] = getattr(policy, name)
        for code, label in NAMES.items():
            self.fields[f"weight_{code}"] = _number(label, 0, 100)
            self.initial[f"weight_{code}"] = policy.weights.get(code, risk_rules.WEIGHTS[code])
            if code in risk_rules.LIMITS:
                self.fields[f"limit_{code}"] = _number(_("from"), 1, 10**12)
                self.initial[f"limit_{code}"] = policy.limits.get(code, risk_rules.LIMITS[code])

    def values(self, kind: str) -> dict[str, int]:
        """{reason: value} of the weights or limits."""
        prefix = f"{kind}_"
        return {name.removeprefix(prefix): value for name, value in self.cleaned_data.items() if name.startswith(prefix)}

    def _post_clean(self) -> None:
        # The service writes.
        return


@admin.register(RiskPolicy)
class RiskPolicyAdmin(ConsoleAdmin):
    """Policies are never changed: the newest is in force, and what was judged by an older one names it."""

    form = PolicyForm
    can_add = True
    list_display = ["version", *THRESHOLDS, "entered_by", "created_at"]
    ordering = ["-version"]
    fields = ["version", *THRESHOLDS, "shown_weights", "shown_limits", "entered_by", "created_at"]
    shown_weights = column(lambda self, row: _listed(row.weights), _("weights"))
    shown_limits = column(lambda self, row: _listed(row.limits), _("limits"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return super().get_fieldsets(request, obj)
        rows = [
            [name for name in (f"weight_{code}", f"limit_{code}") if code in risk_rules.LIMITS or name.startswith("w")] for code in NAMES
        ]
        first = (_("From which score on"), {"fields": [list(THRESHOLDS)]})
        return [first, (_("Weight of each reason, and from when it counts"), {"fields": rows})]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        # The weights are fields of the form's own, not of the model.
        return super().get_form(request, obj, change=change, **(kwargs if obj else {**kwargs, "fields": list(THRESHOLDS)}))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        thresholds = tuple(form.cleaned_data[name] for name in THRESHOLDS)
        made = change_policy(
            weights=form.values("weight"),
            limits=form.values("limit"),
            thresholds=thresholds,
            entered_by=actor_of(request, "operator"),
            at=now(),
        )
        obj.pk, obj.version = made.pk, made.version


def _listed(values: dict[str, int]) -> str:
    return "; ".join(f"{NAMES.get(code, code)}: {value}" for code, value in values.items())
