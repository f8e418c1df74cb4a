"""Form fields for what a warehouse or a shipping zone serves, and when it is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextareaWidget

from core.countries import COUNTRIES, country
from logistics.rules.places import Zone, squeezed, zones_of

HELP = _("One country per line, as its two letters; postcodes that begin so after a colon. CN: 51, 52. Empty: everywhere.")


class ZonesField(forms.CharField):
    """Countries and postcode prefixes, a line for each country, that become zones."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"required": False, "max_length": 8_000, "help_text": HELP, "widget": UnfoldAdminTextareaWidget(attrs={"rows": 3}), **kwargs}
        )

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return value
        return "\n".join(zone_text(zone.country, zone.prefixes) for zone in _as_zones(value))

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return _as_zones(value)
        zones = tuple(_zone(line) for line in (super().to_python(value) or "").splitlines() if line.strip())
        if len({zone.country for zone in zones}) < len(zones):
            raise ValidationError(_("Name each country once."))
        return zones

    def validate(self, value: Any) -> None:
        """Nothing is required: no zone is everywhere."""

    def run_validators(self, value: Any) -> None:
        """The length was checked as text."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "").replace("\r\n", "\n")


def _as_zones(rows: Iterable[Any]) -> tuple[Zone, ...]:
    return tuple(row if isinstance(row, Zone) else zones_of([row])[0] for row in rows)


def _zone(line: str) -> Zone:
    code, _colon, prefixes = line.partition(":")
    code = code.strip().upper()
    if code not in COUNTRIES:
        raise ValidationError(_("“%(code)s” is no country we know."), params={"code": code[:20]})
    return Zone(code, tuple(prefix for prefix in (squeezed(part) for part in prefixes.replace(";", ",").split(",")) if prefix))


def zone_text(code: str, prefixes: Iterable[str]) -> str:
    """A zone as it is typed."""
    return f"{code}: {', '.join(prefixes)}" if prefixes else code


def zones_in_words(rows: Iterable[Any]) -> str:
    """The zones of a row for reading: countries by name, and which postcodes of them."""
    said = [country(zone.country) + (f" ({', '.join(zone.prefixes)}…)" if zone.prefixes else "") for zone in _as_zones(rows)]
    return " · ".join(said) or str(_("everywhere"))


class WeekdaysField(forms.TypedMultipleChoiceField):
    """The days of a week on which something is done, as ISO weekdays."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(number + 1, format_lazy("{name}", name=name)) for number, name in WEEKDAYS.items()]
        super().__init__(**{"choices": choices, "coerce": int, "widget": UnfoldAdminCheckboxSelectMultipleWidget(), **kwargs})


class DaysField(forms.CharField):
    """Dates, a line for each."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{
                "required": False,
                "max_length": 4_000,
                "help_text": _("One date per line, such as 2027-02-06."),
                "widget": UnfoldAdminTextareaWidget(attrs={"rows": 3}),
                **kwargs,
            }
        )

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(str(day) for day in value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:
        try:
            return [dt.date.fromisoformat(line.strip()) for line in (super().to_python(value) or "").splitlines() if line.strip()]
        except ValueError as error:
            raise ValidationError(_("Write each day as a date such as 2027-02-06.")) from error

    def validate(self, value: Any) -> None:
        """Nothing is required: no day is a holiday."""

    def run_validators(self, value: Any) -> None:
        """The length was checked as text."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(self.prepare_value(initial) or "") != str(data or "").replace("\r\n", "\n")


class GoodsField(forms.CharField):
    """Articles and pieces, a line for each: the SKU, then how many. Becomes SKU → pieces."""

    def __init__(self, *, least: int = 1, pieces_needed: bool = True, **kwargs: Any) -> None:
        self.least, self.pieces_needed = least, pieces_needed
        help_text = _("One article per line: its SKU and the pieces. MUG-1 12") if pieces_needed else _("One SKU per line.")
        super().__init__(**{"max_length": 40_000, "help_text": help_text, "widget": UnfoldAdminTextareaWidget(attrs={"rows": 8}), **kwargs})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        goods: dict[str, int] = {}
        for line in (super().to_python(value) or "").splitlines():
            if not line.strip():
                continue
            sku, count = self._split(line.strip())
            if sku in goods:
                raise ValidationError(_("“%(line)s” is there twice."), params={"line": sku[:60]})
            goods[sku] = count
        return goods

    def _split(self, line: str) -> tuple[str, int]:
        if not self.pieces_needed:
            return line, 0
        sku, _space, count = line.replace("\t", " ").rpartition(" ")
        if not sku.strip() or not count.isdecimal() or not self.least <= int(count[:9]) or len(count) > 7:
            raise ValidationError(_("“%(line)s” does not say an article and how many."), params={"line": line[:60]})
        return sku.strip(), int(count)

    def run_validators(self, value: Any) -> None:
        """The length was checked as text."""

    def clean(self, value: Any) -> Any:
        text = value if isinstance(value, str) else ""
        if self.max_length is not None and len(text) > self.max_length:
            raise ValidationError(_("This list is too long."))
        return super().clean(value)


def goods_text(goods: Iterable[tuple[str, int | str]]) -> str:
    """A list of goods as it is typed."""
    return "\n".join(f"{sku} {count}".rstrip() for sku, count in goods)
