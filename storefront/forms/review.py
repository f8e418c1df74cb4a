"""Forms of reviews: a new one, its edit, the later addition, a report."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalog.models import Report, Review, ReviewPhoto
from catalog.services.reviews import Details
from core.errors import DomainError
from core.imaging import decode
from storefront.forms.cases import PhotosField

STARS = [(5, _("5: excellent")), (4, _("4: good")), (3, _("3: fair")), (2, _("2: poor")), (1, _("1: bad"))]
NONE = ("", pgettext_lazy("no rating", "–"))


def photo_hint() -> str:
    """What may be sent, in the language of the request."""
    return gettext("Up to %(most)s. Place and camera are removed from them.") % {"most": settings.REVIEW_PHOTOS}


class ReviewPhotosField(PhotosField):
    """Photos that are looked at here, so that a bad file is said beside the field and nothing typed is lost."""

    most: ClassVar[str] = "REVIEW_PHOTOS"

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        files = super().clean(data, initial)
        try:
            for content in files:
                decode(content)
        except DomainError as error:
            raise forms.ValidationError(str(error)) from error
        return files


class ReviewForm(forms.Form):
    """Stars for what was bought, and what else one likes to say. The fit is asked where one chooses a size."""

    stars = forms.TypedChoiceField(label=_("Your rating"), choices=STARS, coerce=int, widget=forms.RadioSelect)
    text = forms.CharField(label=_("What should others know?"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    service = forms.TypedChoiceField(label=_("Service of the shop"), choices=[NONE, *STARS], coerce=int, empty_value=None, required=False)
    delivery = forms.TypedChoiceField(
        label=pgettext_lazy("rating", "Delivery"), choices=[NONE, *STARS], coerce=int, empty_value=None, required=False
    )
    fit = forms.ChoiceField(label=_("How does it fit?"), choices=[NONE, *Review.Fit.choices], required=False)
    photos = ReviewPhotosField(label=_("Photos"), required=False)
    shows_name = forms.BooleanField(label=_("Show my full name"), required=False)

    def __init__(self, *args: Any, has_sizes: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_sizes:
            del self.fields["fit"]
        self.fields["photos"].help_text = photo_hint()

    @property
    def more(self) -> list[forms.BoundField]:
        """The ratings beside the stars."""
        return [self[name] for name in ("service", "delivery", "fit") if name in self.fields]

    @property
    def details(self) -> Details:
        """What was said beside stars and text."""
        data = self.cleaned_data
        return Details(data["service"], data["delivery"], data.get("fit", ""), photos=data["photos"])


class EditForm(ReviewForm):
    """A review that exists; its photos can be taken away."""

    drop = forms.TypedMultipleChoiceField(
        label=_("Remove photos"), required=False, coerce=str, choices=[], widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, photos: Sequence[ReviewPhoto], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["shows_name"]
        self.kept = photos
        self.fields["drop"].choices = [(str(photo.pk), str(photo.pk)) for photo in photos]  # type: ignore[attr-defined]


class AdditionForm(forms.Form):
    """What one knows after some time of use."""

    text = forms.CharField(label=_("What do you say now?"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    photos = ReviewPhotosField(label=_("Photos"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photos"].help_text = photo_hint()


class ReportForm(forms.Form):
    """Why something should be looked at."""

    reason = forms.ChoiceField(label=_("What is wrong with it?"), choices=Report.Reason.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=_("Anything else?"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
