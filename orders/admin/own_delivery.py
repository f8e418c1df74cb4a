"""The dialogs with which a merchant takes orders to the door itself."""

from __future__ import annotations

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSingleDateWidget, UnfoldAdminTextInputWidget

from core.backoffice.actions import ConfirmForm


class OwnDeliveryForm(ConfirmForm):
    """On which day, and what the driver should know."""

    day = forms.DateField(label=_("Day"), widget=UnfoldAdminSingleDateWidget(), initial=timezone.localdate)
    note = forms.CharField(label=_("Note for the driver"), max_length=200, required=False, widget=UnfoldAdminTextInputWidget())
