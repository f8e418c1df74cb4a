"""The dialog with which a merchant lets a buyer download again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from core.backoffice.actions import ReasonForm
from orders.services.downloads import MOST_DAYS, MOST_DOWNLOADS


class GrantForm(ReasonForm):
    downloads = forms.IntegerField(
        label=_("More downloads of each file"), min_value=0, max_value=MOST_DOWNLOADS, initial=3, widget=UnfoldAdminIntegerFieldWidget()
    )
    days = forms.IntegerField(
        label=_("Days from today"), min_value=0, max_value=MOST_DAYS, initial=30, widget=UnfoldAdminIntegerFieldWidget()
    )

    @property
    def granted(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("downloads", "days", "reason")}
