from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from accounts.models import User

SITE_NAME = "Jishi"


@dataclass(frozen=True, slots=True)
class ConfiguredSite:
    """What mails call this shop; takes the place of the site allauth would make of the request's Host header."""

    name: str
    domain: str


class AccountAdapter(DefaultAccountAdapter):
    """Where allauth asks us. Links in mails come from SITE_URL, never from a request's Host header."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """A new member reads the language in which they signed up."""
        language = translation.get_language()
        user.language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        saved: User = super().save_user(request, user, form, commit)
        return saved

    def format_email_subject(self, subject: str) -> str:
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write in the recipient's language, with links into the configured site."""
        site = ConfiguredSite(name=SITE_NAME, domain=urlsplit(settings.SITE_URL).netloc)
        links = {name: configured_url(value) for name, value in context.items() if name.endswith("_url") and isinstance(value, str)}
        values = {"request": allauth_context.request, "email": email, "current_site": site, **context, **links}
        with translation.override(_language_of(context.get("user"))):
            self.render_mail(template_prefix, email, values).send()


def configured_url(url: str) -> str:
    """The same place on SITE_URL, whatever host the address named."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{settings.SITE_URL.rstrip('/')}{parts.path}{query}"


def _language_of(user: object) -> str:
    """The language a person chose; of strangers, the one they are reading now."""
    if isinstance(user, User) and user.language in dict(settings.LANGUAGES):
        return user.language
    return translation.get_language() or settings.LANGUAGE_CODE
