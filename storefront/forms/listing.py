"""What a list of goods may be narrowed by. The same form serves category, search and shop pages."""

import unicodedata
from typing import Any

from django import forms
from django.core.validators import DecimalValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.selectors import CardQuery
from core.exchange.rules import Conversion
from core.money import exponent, parse_minor

MAX_TEXT = 100
PER_PAGE = 24
MAX_PAGE = 200
MAX_MAJOR = 1_000_000_000
SORTS = [
    ("relevance", _("Best match")),
    ("sales", _("Best selling")),
    ("newest", _("Newest")),
    ("price", _("Price, low first")),
    ("-price", _("Price, high first")),
    ("rating", _("Best rated")),
]
CONDITIONS = [
    ("", _("Any condition")),
    ("new", pgettext_lazy("condition of goods", "New")),
    ("like_new", _("Like new")),
    ("good", _("Good condition")),
    ("fair", _("Fair condition")),
]
PARAMETERS = ("q", "sort", "min", "max", "in_stock", "condition", "page")


class ListingForm(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=MAX_TEXT)
    sort = forms.ChoiceField(label=_("Sort by"), required=False, choices=SORTS)
    min = forms.DecimalField(label=_("Price from"), required=False, min_value=0, max_value=MAX_MAJOR)
    max = forms.DecimalField(label=_("Price to"), required=False, min_value=0, max_value=MAX_MAJOR)
    condition = forms.ChoiceField(label=_("Condition"), required=False, choices=CONDITIONS)
    in_stock = forms.BooleanField(label=_("Only what is in stock"), required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=MAX_PAGE, widget=forms.HiddenInput)

    def __init__(self, *args: Any, conversion: Conversion, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "filter-%s", **kwargs})
        self.conversion = conversion
        for name in ("min", "max"):
            places = DecimalValidator(15, exponent(conversion.currency))
            self.fields[name].validators = [*self.fields[name].validators, places]

    def clean_q(self) -> str:
        """Full-width letters and ideographic spaces become the plain ones people mean."""
        text = unicodedata.normalize("NFKC", self.cleaned_data["q"])
        return " ".join(text.split())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        low, high = data.get("min"), data.get("max")
        if low is not None and high is not None and low > high:
            self.add_error("max", _("The highest price is below the lowest."))
        return data

    def query(self, **scope: Any) -> CardQuery:
        """What the shopper asked for as a CardQuery; `scope` fixes category or merchant. Call after is_valid()."""
        data = self.cleaned_data
        currency = self.conversion.currency
        return CardQuery(
            text=data["q"],
            min_minor=None if data["min"] is None else parse_minor(data["min"], currency),
            max_minor=None if data["max"] is None else parse_minor(data["max"], currency),
            conversion=self.conversion,
            in_stock=data["in_stock"],
            condition=data["condition"],
            sort=self.sort_used,
            page=data["page"] or 1,
            per_page=PER_PAGE,
            **scope,
        )

    @property
    def conditions(self) -> list[tuple[str, Any]]:
        return CONDITIONS

    @property
    def sorts(self) -> list[tuple[str, Any]]:
        """The orders that make sense here: without words there is no best match."""
        return SORTS if self.cleaned_data["q"] else SORTS[1:]

    @property
    def sort_used(self) -> str:
        return str(self.cleaned_data["sort"] or self.sorts[0][0])

    @property
    def narrowed(self) -> int:
        """How many filters are on, for the phone's button."""
        data = getattr(self, "cleaned_data", {})
        return sum(data.get(name) not in (None, "", False) for name in ("min", "max", "condition", "in_stock"))
