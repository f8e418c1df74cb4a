"""Dialogs of after-sales cases."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from core.backoffice.actions import ConfirmForm
from core.backoffice.fields import MoneyField
from orders.admin.display import line_text
from orders.models import AfterSalesCase, CaseLine
from orders.services.cases.receiving import Count
from orders.states import Grade, Verdict

# What shops write again and again.
QUICK_REPLIES = [
    ("", _("Choose a text, or write your own below")),
    (_("Please send us a photo of the damage and of the label on the parcel."),) * 2,
    (_("We are sorry. Please send it back; you get your money as soon as it is here."),) * 2,
    (_("Your parcel has arrived. We check it and come back to you within a day."),) * 2,
    (_("Could you tell us the serial number and what exactly happens?"),) * 2,
]
QUICK_REFUSALS = [
    ("", _("Choose a text, or write your own below")),
    (_("The photos show signs of use that were not there when we sent it."),) * 2,
    (_("The carrier confirms that the parcel was handed over undamaged."),) * 2,
    (_("The article works as described. Please write to us how you use it."),) * 2,
]


def _area(rows: int = 3) -> Any:
    return UnfoldAdminTextareaWidget(attrs={"rows": rows})


class CaseForm(ConfirmForm):
    """A dialog about one case, whose currency and lines it knows."""

    object_id: str | None  # the dialog gives every form the key of its row

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case: AfterSalesCase | None = AfterSalesCase.objects.filter(pk=_uuid(self.object_id) or uuid.UUID(int=0)).first()


def _uuid(value: Any) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None


class ApproveForm(CaseForm):
    keeps_goods = forms.BooleanField(
        label=_("The shopper keeps the goods and is refunded at once"), required=False, widget=UnfoldBooleanWidget()
    )
    return_to = forms.CharField(
        label=_("Return address (empty: the warehouse that sent it)"), max_length=300, required=False, widget=UnfoldAdminTextInputWidget()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case is None or not self.case.goods_come_back:
            del self.fields["return_to"]
        if self.case is None or self.case.kind != "return":
            del self.fields["keeps_goods"]


class TextForm(ConfirmForm):
    """Words, chosen or one's own."""

    quick_choices: list[Any] = QUICK_REPLIES
    quick = forms.ChoiceField(label=_("Quick text"), required=False, widget=UnfoldAdminSelectWidget())
    reason = forms.CharField(label=_("Text"), max_length=2000, required=False, widget=_area(4))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quick"].choices = self.quick_choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["text"] = (data.get("reason") or "").strip() or data.get("quick") or ""
        if not data["text"]:
            self.add_error("reason", _("Please choose or write a text."))
        return data


class RefuseForm(TextForm):
    quick_choices = QUICK_REFUSALS


class OfferForm(CaseForm):
    reason = forms.CharField(label=_("Why this amount?"), max_length=2000, widget=_area())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = self.case.currency if self.case else ""
        self.fields["amount"] = MoneyField(label=_("Amount"), currency=currency, least_minor=1)
        self.order_fields(["amount", "reason"])


class ReceiveForm(CaseForm):
    """Count and grade, line by line."""

    deduction: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(CaseLine.objects.filter(case=self.case).select_related("order_line__bundle").order_by("pk")) if self.case else []
        for line in self.lines:
            self._add(line)
        currency = self.case.currency if self.case else ""
        self.fields["deduction"] = MoneyField(label=_("Deduct for loss of value"), currency=currency, required=False)
        self.fields["reason"] = forms.CharField(label=_("Reason of the deduction"), max_length=2000, required=False, widget=_area(2))

    def _add(self, line: CaseLine) -> None:
        what = line_text(line.order_line).partition(" × ")[2]
        number = {"min_value": 0, "max_value": line.quantity, "widget": UnfoldAdminIntegerFieldWidget()}
        self.fields[f"received-{line.pk}"] = forms.IntegerField(
            label=_("%(what)s: received of %(count)s") % {"what": what, "count": line.quantity}, initial=line.quantity, **number
        )
        self.fields[f"grade-{line.pk}"] = forms.ChoiceField(
            label=_("Grade"), choices=Grade.choices, initial=Grade.A, widget=UnfoldAdminSelectWidget()
        )
        self.fields[f"restock-{line.pk}"] = forms.BooleanField(
            label=_("Put pieces of grade A back on sale"), initial=True, required=False, widget=UnfoldBooleanWidget()
        )

    def counts(self) -> list[Count]:
        found = []
        for line in self.lines:
            received, grade = self.cleaned_data[f"received-{line.pk}"], self.cleaned_data[f"grade-{line.pk}"]
            restock = received if grade == Grade.A and self.cleaned_data[f"restock-{line.pk}"] else 0
            found.append(Count(line.pk, received, grade, restock))
        return found


class VerdictForm(CaseForm):
    outcome = forms.ChoiceField(label=_("Verdict"), choices=Verdict.choices, widget=UnfoldAdminSelectWidget())
    goods_back = forms.BooleanField(label=_("The goods go back to the merchant first"), required=False, widget=UnfoldBooleanWidget())
    reason = forms.CharField(label=_("Reason, which both sides read"), max_length=2000, widget=_area(4))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = self.case.currency if self.case else ""
        self.fields["amount"] = MoneyField(label=_("Amount, for a verdict in part"), currency=currency, required=False)
        self.order_fields(["outcome", "amount", "goods_back", "reason"])
        if self.case is not None and (self.case.received_at is not None or not self.case.goods_come_back):
            del self.fields["goods_back"]
