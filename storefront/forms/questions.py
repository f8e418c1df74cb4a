from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class QuestionForm(forms.Form):
    """What somebody wants to know before they buy."""

    text = forms.CharField(label=_("Your question"), min_length=4, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class AnswerForm(forms.Form):
    text = forms.CharField(label=pgettext_lazy("to a question", "Your answer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
