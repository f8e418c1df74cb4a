"""The second factor at sign-in: where allauth's part asks us, and who may not go on without one."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.crypto import salted_hmac
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.adapter import SITE_NAME

SALT = "accounts.second_factor"
# Where somebody was led away from, so that the pages of the second factor can lead back.
LED_FROM = "second_factor_led_from"
_STRONG = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets of apps and recovery codes are kept encrypted; the name that apps and browsers show is ours, not the Host header."""

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _keys().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        return SITE_NAME


def _keys() -> MultiFernet:
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    derived = [salted_hmac(SALT, "secrets of second factors", secret=secret, algorithm="sha256").digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def has_second_factor(user: Any) -> bool:
    """Whether a person has an authenticator app or a passkey; recovery codes alone are none."""
    return user.pk is not None and Authenticator.objects.filter(user_id=user.pk, type__in=_STRONG).exists()


def is_proved(request: HttpRequest) -> bool:
    """Whether this session has passed a second factor, or was opened by a passkey."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


def demand(request: HttpRequest, *, is_needed: bool) -> HttpResponse | None:
    """What a page answers before its own content: set up a second factor, or give it; None where the person may go on.

    Asked of the session, so that it does not matter by which form somebody came in.

    Raises:
        PermissionDenied: this installation has no pages for it.
    """
    if not (is_needed and settings.MFA_REQUIRED):
        return None
    if not has_second_factor(request.user):
        return _set_up(request)
    return None if is_proved(request) else ask(request)


def ask(request: HttpRequest) -> HttpResponse:
    """Lead to the page that takes a code or a passkey, and back."""
    types = set(Authenticator.objects.filter(user_id=request.user.pk).values_list("type", flat=True))
    page = "mfa_reauthenticate" if Authenticator.Type.TOTP in types else "mfa_reauthenticate_webauthn"
    back = request.get_full_path() if request.method == "GET" else request.path
    return redirect(f"{_page(page)}?{urlencode({'next': back})}")


def _set_up(request: HttpRequest) -> HttpResponse:
    page = _page("mfa_index")
    request.session[LED_FROM] = request.path
    messages.warning(request, _("Your role needs a second step at sign-in. Add an authenticator app or a passkey, then go on."))
    return redirect(page)


def _page(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch as error:
        raise PermissionDenied from error
