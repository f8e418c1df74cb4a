"""The filters of a list as the page shows them: groups of choices with counts, and a chip for everything that is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from catalog.rules import facets as names
from catalog.selectors.categories import category_paths
from catalog.selectors.facets import Facet, FacetValue
from core.money import parse_minor
from storefront.forms.listing import ATTRIBUTE, CONDITIONS, FACETS, SENT, STARS, ListingForm
from storefront.templatetags.storefront import money

SHOWN_AT_ONCE = 8
_ONE_OF = {"stars", "sent", "in"}
_FLAGS = {"in_stock", "deal"}


@dataclass(frozen=True, slots=True)
class Group:
    """A facet as a group of the form: `parameter` is its name in addresses, `first` are shown at once, `more` on request."""

    parameter: str
    title: str
    values: tuple[FacetValue, ...]
    is_one_of: bool

    @property
    def first(self) -> tuple[FacetValue, ...]:
        return tuple(value for number, value in enumerate(self.values) if number < SHOWN_AT_ONCE or value.is_chosen)

    @property
    def more(self) -> tuple[FacetValue, ...]:
        return tuple(value for number, value in enumerate(self.values) if number >= SHOWN_AT_ONCE and not value.is_chosen)

    @property
    def is_open(self) -> bool:
        return any(value.is_chosen for value in self.values)


@dataclass(frozen=True, slots=True)
class Chip:
    """Something chosen, and the address of the list without it."""

    label: str
    href: str


def groups_of(facets: Mapping[str, Facet], form: ListingForm, *, without: str = "") -> list[Group]:
    """The groups in the order of the page; `without` the parameter that the page itself fixes. Flags are not among them."""
    parameters = {facet: parameter for parameter, facet in FACETS.items()}
    found = []
    for name, facet in facets.items():
        parameter = parameters.get(name) or ATTRIBUTE + name
        if parameter == without or parameter in _FLAGS or not _helps(facet):
            continue
        title = facet.title or str(form.fields[parameter].label)
        found.append(Group(parameter, title, tuple(_labelled(parameter, facet)), parameter in _ONE_OF))
    return found


def _helps(facet: Facet) -> bool:
    """A choice between one thing and nothing is none."""
    return len(facet.values) > 1 or facet.chosen > 0 or facet.name in {names.STARS, names.DAYS}


def _labelled(parameter: str, facet: Facet) -> Iterator[FacetValue]:
    known = {"stars": dict(STARS), "sent": dict(SENT), "condition": dict(CONDITIONS)}.get(parameter)
    slugs = {path: slug for slug, path in category_paths().items()} if parameter == "in" else {}
    for value in facet.values:
        if known is not None and value.value in known:
            yield replace(value, label=str(known[value.value]))
        elif known is None and (parameter != "in" or value.value in slugs):
            yield replace(value, value=slugs.get(value.value, value.value))


@dataclass(frozen=True, slots=True)
class Flag:
    """A box to tick; `value` has the count, and is None where no product has it."""

    parameter: str
    label: str
    is_chosen: bool
    value: FacetValue | None


def flags_of(facets: Mapping[str, Facet], form: ListingForm) -> list[Flag]:
    """The boxes to tick, those that would show nothing included."""
    found = []
    for parameter in ("in_stock", "deal"):
        facet = facets.get(FACETS[parameter])
        value = facet.values[0] if facet else None
        found.append(Flag(parameter, str(form.fields[parameter].label), bool(form.cleaned_data[parameter]), value))
    return found


def chips_of(groups: list[Group], form: ListingForm, known: QueryDict) -> list[Chip]:
    """A chip for each value chosen, for prices and for flags."""
    chips = []
    for group in groups:
        chips += [Chip(value.label, _without(known, group.parameter, value.value)) for value in group.values if value.is_chosen]
    data: Mapping[str, Any] = form.cleaned_data
    currency = form.conversion.currency
    if data["min"] is not None:
        chips.append(Chip(_("From %(price)s") % {"price": money(parse_minor(data["min"], currency), currency)}, _without(known, "min")))
    if data["max"] is not None:
        chips.append(Chip(_("Up to %(price)s") % {"price": money(parse_minor(data["max"], currency), currency)}, _without(known, "max")))
    chips += [Chip(str(form.fields[flag].label), _without(known, flag)) for flag in sorted(_FLAGS) if data[flag]]
    return chips


def _without(known: QueryDict, parameter: str, value: str | None = None) -> str:
    """The query without one value of a parameter, or without all of them, from its first page."""
    left = known.copy()
    left.pop("page", None)
    kept = [one for one in left.getlist(parameter) if value is not None and one != value]
    left.setlist(parameter, kept)
    return f"?{left.urlencode()}"
