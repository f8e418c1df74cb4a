from django import forms
from django.utils.translation import gettext_lazy as _


class AskForm(forms.Form):
    """How many pieces, and what else the shop should know. The service decides whether the number is one."""

    quantity = forms.CharField(label=_("How many pieces?"), max_length=10, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    message = forms.CharField(label=_("Message to the shop"), required=False, max_length=1_000, widget=forms.Textarea(attrs={"rows": 4}))
