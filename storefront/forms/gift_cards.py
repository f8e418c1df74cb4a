from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.money import Money


class GiftCardForm(forms.Form):
    """What a gift card is worth, for whom, and from whom."""

    value = forms.TypedChoiceField(label=pgettext_lazy("gift card", "Value"), coerce=int, widget=forms.RadioSelect)
    recipient = forms.EmailField(label=_("Recipient's e-mail"), max_length=254)
    giver = forms.CharField(label=pgettext_lazy("gift card", "From"), max_length=80, required=False)
    message = forms.CharField(
        label=pgettext_lazy("gift card", "Message"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    email = forms.EmailField(label=_("Your e-mail"), max_length=254)
    gateway = forms.ChoiceField(label=_("Pay with"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, gateways: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "gift-%s", "label_suffix": "", **kwargs})
        self.fields["value"].choices = values()  # type: ignore[attr-defined]
        self.fields["gateway"].choices = gateways  # type: ignore[attr-defined]
        self.default_gateway = gateways[0][0] if gateways else ""

    @property
    def gateway_code(self) -> str:
        return self.cleaned_data["gateway"] or self.default_gateway


def values() -> list[tuple[str, str]]:
    """The values on sale, as people write them."""
    language = get_language() or "en"
    return [(str(minor), Money(minor, settings.CURRENCY).format(language)) for minor in settings.GIFT_CARD_VALUES_MINOR]


class CodeForm(forms.Form):
    """A code of a gift card as somebody typed it."""

    code = forms.CharField(label=_("Code of a gift card"), max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "card-%s", "label_suffix": "", **kwargs})
