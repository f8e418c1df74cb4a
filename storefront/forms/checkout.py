"""The one form of the checkout: six fields, a country, and what makes placing repeatable and honest about the total.

A cart of which nothing is sent asks for name and country only; one with digital goods for the buyer's consent.
"""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.exchange.rules import Conversion
from core.money import Money
from loyalty import rules as loyalty
from orders.errors import CurrencyChanged, DueChanged
from orders.selectors import CartView
from orders.services.order_rows import Buyer
from storefront.forms.addresses import AddressForm, CleanText

# What only a parcel needs. The country stays, for tax depends on it.
WHERE_TO = ("phone", "address", "city", "postcode")
# What is not needed where everything is picked up; a shop may call then, too.
PLACE = ("address", "city", "postcode")


class CheckoutForm(AddressForm):
    ALIKE_FOR_ALL = True  # its labels, hints and countries
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    points = forms.IntegerField(required=False, min_value=0, max_value=10**9, widget=forms.HiddenInput)
    gateway = forms.ChoiceField(label=_("Pay with"), required=False, widget=forms.RadioSelect)
    key = forms.UUIDField(widget=forms.HiddenInput)
    seen_total = forms.IntegerField(min_value=0, max_value=10**15, widget=forms.HiddenInput)
    seen_due = forms.IntegerField(required=False, min_value=0, max_value=10**15, widget=forms.HiddenInput)
    credit = forms.BooleanField(required=False)
    purchase_number = CleanText(label=_("Purchase order number"), max_length=40, required=False)
    seen_currency = forms.CharField(required=False, max_length=3, widget=forms.HiddenInput)
    seen_country = forms.CharField(required=False, max_length=2, widget=forms.HiddenInput)
    digital_now = forms.BooleanField(
        label=_("Deliver the digital goods at once. I know that my right to withdraw from them ends when I download them."),
        error_messages={"required": _("Please tick this: the digital goods are delivered as soon as you have paid.")},
        widget=forms.CheckboxInput(attrs={"class": "checkbox mt-0.5", "data-testid": "digital-now"}),
    )
    field_order = ("email", "name", "phone", "address", "city", "postcode", "country")

    def __init__(
        self, *args: Any, gateways: list[tuple[str, Any]], conversion: Conversion, cart: CartView | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"auto_id": "checkout-%s", **kwargs})
        if cart is None or not cart.has_digital:
            del self.fields["digital_now"]
        if cart is not None and not cart.needs_address:
            for name in WHERE_TO:
                del self.fields[name]
        if cart is not None and cart.is_all_picked_up:
            for name in PLACE:
                self.fields[name].required = False
        self.fields["gateway"].choices = gateways  # type: ignore[attr-defined]
        self.conversion = conversion
        self.default_gateway = gateways[0][0] if gateways else ""

    def buyer(self, user: User | None, language: str) -> Buyer:
        """Who buys; for their company, where they are in one."""
        place: dict[str, Any] = {name: self.cleaned_data.get(name, "") for name in ("name", *WHERE_TO, "country")}
        place |= {"email": self.cleaned_data["email"], "language": language}
        wants_now = bool(self.cleaned_data.get("digital_now"))
        if user is None:
            return Buyer(user_id=None, wants_digital_now=wants_now, **place)
        number = self.cleaned_data["purchase_number"]
        return Buyer(user_id=user.pk, company_id=user.company_id, purchase_number=number, wants_digital_now=wants_now, **place)

    @property
    def points_used(self) -> int:
        return self.cleaned_data["points"] or 0

    @property
    def expected_total_minor(self) -> int:
        """The total beside the button: what was shown without points, less what the ticked points are worth."""
        return int(self.cleaned_data["seen_total"]) - loyalty.value_minor(self.points_used, conversion=self.conversion)

    def refuse_other_currency(self) -> None:
        """Raises CurrencyChanged where the total was seen in another currency than the shopper's now, as after a switch in another tab."""
        if self.cleaned_data["seen_currency"] not in {"", self.conversion.currency}:
            raise CurrencyChanged(currency=self.conversion.currency)

    def refuse_other_due(self, due_minor: int) -> None:
        """Raises DueChanged where less, or more, is left to pay than the shopper saw: points, credit or a card were not counted there."""
        seen = self.cleaned_data["seen_due"]
        if seen is not None and seen != due_minor:
            raise DueChanged(due=Money(due_minor, self.conversion.currency).format(get_language() or "en"))

    @property
    def gateway_code(self) -> str:
        return self.cleaned_data["gateway"] or self.default_gateway

    def show_total(self, total_minor: int) -> None:
        """Ask again with a new total; the shopper's words and the key stay."""
        shown = {"seen_total": str(total_minor), "seen_currency": self.conversion.currency}
        self.data = {**self.data.dict(), **shown} if isinstance(self.data, QueryDict) else self.data
