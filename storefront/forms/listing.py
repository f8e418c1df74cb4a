"""What a list of goods may be narrowed by. The same form serves category, search and shop pages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import DecimalValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.rules import facets as names
from catalog.selectors import CardQuery
from catalog.selectors.attributes import facet_labels
from catalog.selectors.categories import category_paths
from core.exchange.rules import Conversion
from core.money import exponent, parse_minor

MAX_TEXT = 100
PER_PAGE = 24
MAX_PAGE = 200
MAX_MAJOR = 1_000_000_000
MOST_VALUES = 20
ATTRIBUTE = "f-"
SORTS = [
    ("relevance", _("Best match")),
    ("sales", _("Best selling")),
    ("newest", _("Newest")),
    ("price", _("Price, low first")),
    ("-price", _("Price, high first")),
    ("rating", _("Best rated")),
]
CONDITIONS = [
    ("new", pgettext_lazy("condition of goods", "New")),
    ("like_new", _("Like new")),
    ("good", _("Good condition")),
    ("fair", _("Fair condition")),
]
STARS = [("4", _("4 stars and more")), ("3", _("3 stars and more"))]
SENT = [("1", _("Sent within a day")), ("3", _("Sent within 3 days"))]
# The names of facets in addresses; those of attributes are their keys after "f-".
FACETS = {
    "in": names.CATEGORY,
    "brand": names.BRAND,
    "stars": names.STARS,
    "condition": names.CONDITION,
    "sent": names.DAYS,
    "in_stock": names.STOCK,
    "deal": names.REDUCED,
    "shop": names.MERCHANT,
}
SINGLE = ("q", "sort", "min", "max", "page")
PARAMETERS = (*SINGLE, *FACETS, f"{ATTRIBUTE}*")
_VALUE = re.compile(r"-?[\w.-]{1,80}", re.ASCII)


class SlugsField(forms.MultipleChoiceField):
    """Slugs that may not exist; only their form is looked at."""

    def valid_value(self, value: str) -> bool:
        return bool(_VALUE.fullmatch(value))

    def validate(self, value: list[str]) -> None:
        super().validate(value)
        if len(value) > MOST_VALUES:
            raise forms.ValidationError(_("So many values cannot be chosen at once."))


class ListingForm(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=MAX_TEXT)
    sort = forms.ChoiceField(label=_("Sort by"), required=False, choices=SORTS)
    min = forms.DecimalField(label=_("Price from"), required=False, min_value=0, max_value=MAX_MAJOR)
    max = forms.DecimalField(label=_("Price to"), required=False, min_value=0, max_value=MAX_MAJOR)
    brand = SlugsField(label=_("Brand"), required=False)
    shop = SlugsField(label=_("Shop"), required=False)
    stars = forms.ChoiceField(label=_("Rating"), required=False, choices=STARS)
    condition = forms.MultipleChoiceField(label=_("Condition"), required=False, choices=CONDITIONS)
    sent = forms.ChoiceField(label=_("Dispatch"), required=False, choices=SENT)
    in_stock = forms.BooleanField(label=_("Only what is in stock"), required=False)
    deal = forms.BooleanField(label=_("Only reduced goods"), required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=MAX_PAGE, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict, *, conversion: Conversion, **kwargs: Any) -> None:
        super().__init__(data, **{"auto_id": "filter-%s", **kwargs})
        self.conversion = conversion
        self.fields["in"] = forms.ChoiceField(label=_("Category"), required=False, choices=[(slug, slug) for slug in category_paths()])
        for key in facet_labels():
            if ATTRIBUTE + key in data:
                self.fields[ATTRIBUTE + key] = SlugsField(required=False)
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
            facets=self.facets(),
            sort=self.sort_used,
            page=data["page"] or 1,
            per_page=PER_PAGE,
            **scope,
        )

    def facets(self) -> Mapping[str, tuple[str, ...]]:
        """The values chosen of each facet, by the name that catalog.rules.facets gives it."""
        chosen: dict[str, tuple[str, ...]] = {}
        for parameter, value in self.cleaned_data.items():
            if not value or not (parameter in FACETS or parameter.startswith(ATTRIBUTE)):
                continue
            values = ("1",) if value is True else (value,) if isinstance(value, str) else tuple(dict.fromkeys(value))
            name = FACETS.get(parameter) or parameter.removeprefix(ATTRIBUTE)
            chosen[name] = tuple(category_paths()[slug] for slug in values) if parameter == "in" else values
        return chosen

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
        prices = sum(data.get(name) is not None for name in ("min", "max"))
        return prices + sum(len(values) for values in self.facets().values()) if data else 0
