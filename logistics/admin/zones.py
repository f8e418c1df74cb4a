"""What a merchant charges for sending to some countries or parts of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from core.backoffice.display import column, label, money, money_column
from core.backoffice.fields import ModelForm, MoneyField
from logistics.admin.fields import ZonesField, zones_in_words
from logistics.models import ShippingZone
from logistics.rules import DIVISOR, Load, ZoneRate, chargeable_grams, zone_price
from logistics.services.zones import DIVISORS, ZonePrice, remove_shipping_zone, save_shipping_zone
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.admin.site import merchant_of
from merchants.permissions import Duty

NAMES = ["name", "zones", "way", "flat_minor", "step_minor", "step", "free_over_minor", "position", "is_active", "divisor"]
# What the editor shows a price for: sides in cm, and grams.
EXAMPLE_SIDES, EXAMPLE_GRAMS = (50, 40, 30), 2_000


class ShippingZoneForm(ModelForm):
    zones = ZonesField(
        label=capfirst(_("sends to")),
        required=True,
        help_text=_("One country per line, as its two letters; postcodes that begin so after a colon. CN: 51, 52."),
    )
    flat_minor = MoneyField(label=capfirst(_("basic price")))
    step_minor = MoneyField(label=capfirst(_("price of each step")), required=False)
    free_over_minor = MoneyField(label=capfirst(_("free from a goods total of")), required=False, help_text=_("Empty: never free."))

    divisor = forms.IntegerField(
        label=capfirst(_("cm³ that count as a kilogram")),
        required=False,
        min_value=DIVISORS[0],
        max_value=DIVISORS[1],
        initial=DIVISOR,
        help_text=_("By weight: length × width × height in cm, divided by this, are kilograms where that is more than the weight."),
        widget=UnfoldAdminIntegerFieldWidget(),
    )

    class Meta:
        model = ShippingZone
        fields = NAMES
        help_texts = {
            "way": _(
                "By weight: the basic price, and a step for each begun. By item: the basic price for the first, a step for each more."
            ),
            "step": _("By weight: so many grams."),
        }

    def clean_divisor(self) -> int:
        return int(self.cleaned_data["divisor"] or self.instance.divisor)

    def clean_step_minor(self) -> int:
        return self.cleaned_data["step_minor"] or 0

    def _get_validation_exclusions(self) -> set[str]:
        """Zones are for the service, which stores them its own way."""
        names: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]  # not in the stubs
        return names | {"zones"}


def example_of(row: ShippingZone | None) -> str:
    """What a bulky, light parcel counts as by these prices, and what it costs once they are saved."""
    divisor = row.divisor if row is not None else DIVISOR
    length, width, height = EXAMPLE_SIDES
    load = Load(1, EXAMPLE_GRAMS, length * width * height * 1_000)
    said = _("A parcel of %(size)s cm and %(grams)s g counts as %(charged)s g.") % {
        "size": " × ".join(map(str, EXAMPLE_SIDES)),
        "grams": EXAMPLE_GRAMS,
        "charged": chargeable_grams(load, divisor),
    }
    if row is None or row.way != ShippingZone.Way.WEIGHT or row.flat_minor is None:
        return str(said)
    rate = ZoneRate((), row.way, row.currency, row.flat_minor, row.step_minor, row.step, divisor=divisor)
    cost = _("It costs %(price)s.") % {"price": money(zone_price(rate, load), row.currency)}
    return f"{said} {cost}"


@admin.register(ShippingZone, site=merchant_site)
class ShippingZoneAdmin(MerchantModelAdmin):
    duty = Duty.SHIPPING
    form = ShippingZoneForm
    can_add = True
    can_change = True
    can_delete = True
    list_display = ["name", "sends_to", "way", "price", "step_price", "free_from", "position", "state"]
    ordering = ["position", "name"]
    sends_to = column(lambda self, row: zones_in_words(row.zones), _("sends to"))
    price = money_column("flat_minor", _("basic price"))
    step_price = money_column("step_minor", _("price of each step"))
    free_from = money_column("free_over_minor", _("free from a goods total of"))
    state = column(lambda self, row: label(_("Active"), "success") if row.is_active else label(_("Off"), "neutral"), _("status"))

    example = column(lambda self, row: example_of(row), _("example"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if self.may_act(request):
            prices = ["way", "flat_minor", ("step_minor", "step"), "divisor", "example", "free_over_minor"]
            return ["name", "zones", *prices, ("position", "is_active")]
        return ["name", "sends_to", "way", "price", "step_price", "step", "divisor", "example", "free_from", "position", "state"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["example"] if self.may_act(request) else self.get_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: ShippingZone, form: Any, change: bool) -> None:
        price = ZonePrice(**{name: form.cleaned_data[name] for name in NAMES})
        made = save_shipping_zone(merchant_id=merchant_of(request).pk, price=price, zone_id=obj.pk if change else None)
        obj.pk, obj.merchant_id, obj.currency = made.pk, made.merchant_id, made.currency

    def delete_model(self, request: HttpRequest, obj: ShippingZone) -> None:
        remove_shipping_zone(zone_id=obj.pk, merchant_id=merchant_of(request).pk)
