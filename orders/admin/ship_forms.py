"""The dialog that asks by whom a parcel goes."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from core.backoffice.actions import ConfirmForm
from logistics.carrier_selectors import MANUAL, SIMULATED, Way, ways_of
from orders.models import MerchantOrder, UndeliveredParcel


class ShipForm(ConfirmForm):
    """A carrier of the merchant; name and number where the carrier does not bring its own."""

    object_id: str | None  # the dialog gives every form the key of its row
    of_model: ClassVar[type[Model]] = MerchantOrder
    way = forms.ChoiceField(label=_("Send with"), required=False, widget=UnfoldAdminSelectWidget())
    carrier = forms.CharField(
        label=_("Carrier"), max_length=60, required=False, help_text=_("Only for another carrier."), widget=UnfoldAdminTextInputWidget()
    )
    tracking_number = forms.CharField(
        label=_("Tracking number"),
        max_length=60,
        required=False,
        help_text=_("Jishi Express gives the number itself."),
        widget=UnfoldAdminTextInputWidget(),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = self.of_model._default_manager.filter(pk=_key(self.object_id))
        merchant_id = rows.values_list("merchant_id", flat=True).first()
        self.ways: list[Way] = ways_of(merchant_id) if merchant_id else []
        self.fields["way"].choices = [(way.key, way.label) for way in self.ways]  # type: ignore[attr-defined]
        self.fields["way"].initial = self.ways[0].key if self.ways else MANUAL

    def clean(self) -> Any:
        values = super().clean() or self.cleaned_data
        values["way"] = chosen_way(values.get("way", ""), values.get("carrier", ""))
        way = next((way for way in self.ways if way.key == values["way"]), None)
        for name in missing(way, values) if way else ():
            self.add_error(name, self.fields[name].error_messages["required"])
        return values

    @property
    def parcel(self) -> dict[str, str]:
        """What the services ask for."""
        return {name: self.cleaned_data[name] for name in ("way", "carrier", "tracking_number")}


class SendAgainForm(ShipForm):
    of_model = UndeliveredParcel


def chosen_way(way: str, carrier: str) -> str:
    """Whoever typed a carrier's name means that one, though the built-in one stands first in the list."""
    return MANUAL if not way or (way == SIMULATED and carrier.strip()) else way


def missing(way: Way, values: dict[str, Any]) -> list[str]:
    """What the carrier does not bring itself and nobody has typed."""
    needed = {"carrier": way.needs_name, "tracking_number": way.needs_number}
    return [name for name, is_needed in needed.items() if is_needed and not values.get(name, "").strip()]


def _key(object_id: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(str(object_id))
    except ValueError:
        return uuid.UUID(int=0)
