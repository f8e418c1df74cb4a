"""Forms of passkeys: names in the reader's language, and an answer that is no passkey's refused instead of failing."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext_lazy as _

# What reading a made-up answer raises, in allauth and in fido2.
MADE_UP = (KeyError, TypeError, ValueError, AttributeError)


class ShownPasskey:
    """Mixin of the forms by which somebody shows a passkey."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]  # the mixin's other base has it
        except MADE_UP as error:
            raise get_adapter().validation_error("incorrect_code") from error


class SignInByPasskeyForm(ShownPasskey, LoginWebAuthnForm):
    pass


class SecondStepByPasskeyForm(ShownPasskey, AuthenticateWebAuthnForm):
    pass


class AgainByPasskeyForm(ShownPasskey, ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(AddWebAuthnForm):
    name = forms.CharField(label=_("Name of the key"), required=False, max_length=100)
    passwordless = forms.BooleanField(
        label=_("Sign in by this key alone"),
        required=False,
        help_text=_("Without a password; the device asks for your finger, your face or a PIN."),
    )

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except MADE_UP as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return cleaned


class RenamePasskeyForm(EditWebAuthnForm):
    name = forms.CharField(label=_("Name of the key"), max_length=100)
