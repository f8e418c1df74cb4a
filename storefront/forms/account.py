from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from storefront.forms.addresses import AddressForm, CleanText


class ProfileForm(forms.Form):
    name = CleanText(label=_("Name"), max_length=100, required=False)
    language = forms.ChoiceField(label=_("Language of our mails"), choices=settings.LANGUAGES)


class BookForm(AddressForm):
    """An entry of the address book."""

    is_default = forms.BooleanField(label=_("Offer this address first"), required=False)
