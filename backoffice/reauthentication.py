"""Asking for the password, or the second factor, again before something that must not be done with a stolen session."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.second_factor import ask as ask_second_factor
from accounts.second_factor import has_second_factor

SECONDS = 300
View = Callable[..., HttpResponseBase]


def is_fresh(request: HttpRequest) -> bool:
    """Whether this person has typed their password or shown a second factor once more, after signing in, within five minutes.

    allauth's own answer is yes for people without a password; here it is no.
    """
    if not request.user.is_authenticated:
        return False
    records = get_authentication_records(request, request.user)
    moments = [record["at"] for record in records if record.get("method") in {"password", "mfa"} and record.get("reauthenticated")]
    return bool(moments) and 0 <= time.time() - max(moments) < SECONDS


def asks_again(view: View) -> View:
    """Let a view run only for somebody who has just typed their password or shown a second factor; others do so and come back."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if is_fresh(request):
            answer = view(request, *args, **kwargs)
            answer["Cache-Control"] = "private, no-store"
            return answer
        if has_second_factor(request.user):
            return ask_second_factor(request)
        if not request.user.has_usable_password():  # type: ignore[union-attr]  # nobody is anonymous behind the back office's door
            messages.error(request, _("Please set a password first; this page asks for it."))
            return redirect("account_set_password")
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.get_full_path()})}")

    return guarded
