"""The language switch of the back office, and whose shop it is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _


def choices(request: HttpRequest) -> list[dict[str, Any]]:
    """Languages for the switch, each in its own words."""
    own = {"en": "English", "zh-hans": "简体中文"}
    return [{"code": code, "name_local": own.get(code, name)} for code, name in settings.LANGUAGES]


def shop_name(request: HttpRequest) -> str:
    """The merchant's name beside the logo."""
    merchant = getattr(request, "merchant", None)
    return str(merchant.text("name")) if merchant else str(_("Your shop"))
