from django import forms
from django.utils.translation import gettext_lazy as _

STARS = [(5, _("5: excellent")), (4, _("4: good")), (3, _("3: fair")), (2, _("2: poor")), (1, _("1: bad"))]


class ReviewForm(forms.Form):
    """Stars for what was bought, and words if one likes."""

    stars = forms.TypedChoiceField(label=_("Your rating"), choices=STARS, coerce=int, widget=forms.RadioSelect)
    text = forms.CharField(label=_("What should others know?"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
