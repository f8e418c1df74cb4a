"""allauth's pages of the second factor. Who has one shows it before anything about it is seen or changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.base.views import AuthenticateView, ReauthenticateView, index
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache

from accounts.second_factor import ask, has_second_factor, is_proved
from storefront.views.sign_in import TakesCartAlong

View = Callable[..., HttpResponseBase]


class SecondFactorView(TakesCartAlong, AuthenticateView):
    """The second step of signing in."""


class PasskeyView(TakesCartAlong, webauthn.LoginWebAuthnView):
    """Signing in by a passkey alone."""

    def form_invalid(self, form: Any) -> Any:
        return webauthn.LoginWebAuthnView.form_invalid(self, form)


def _shown_first(view: View) -> View:
    """A session opened before there was a second factor must not do away with it by the password alone."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and has_second_factor(request.user) and not is_proved(request):
            return ask(request)
        return view(request, *args, **kwargs)

    return guarded


overview = never_cache(index)
authenticate = never_cache(SecondFactorView.as_view())
reauthenticate = never_cache(ReauthenticateView.as_view())
passkey_sign_in = never_cache(PasskeyView.as_view())
reauthenticate_passkey = never_cache(webauthn.reauthenticate_webauthn)
add_app = _shown_first(totp.activate_totp)
remove_app = _shown_first(totp.deactivate_totp)
recovery_codes = _shown_first(codes.view_recovery_codes)
new_recovery_codes = _shown_first(codes.generate_recovery_codes)
recovery_code_file = _shown_first(codes.download_recovery_codes)
passkeys = _shown_first(webauthn.list_webauthn)
add_passkey = _shown_first(webauthn.add_webauthn)
remove_passkey = _shown_first(webauthn.remove_webauthn)
rename_passkey = _shown_first(webauthn.edit_webauthn)
