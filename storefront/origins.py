"""Where a purchase is placed from: the network address, and a random cookie that tells one device from another."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.ids import secret_token
from orders.models import Checkout
from orders.services.risk import note_origin
from storefront.preferences import remember

DEVICE_COOKIE = "device"


def address_of(request: HttpRequest) -> str:
    """The visitor's network address; behind a proxy the one the nearest proxy has seen, empty where there is none."""
    seen = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        seen = request.META.get("HTTP_X_FORWARDED_FOR", seen).rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(seen))
    except ValueError:
        return ""


def country_of(request: HttpRequest) -> str:
    """The country of the visitor's network as the proxy in COUNTRY_HEADER tells it; empty where none does, or where it does not know.

    Cloudflare's XX (unknown) and T1 (Tor) are no countries.
    """
    told = request.headers.get(settings.COUNTRY_HEADER, "").strip().upper() if settings.COUNTRY_HEADER else ""
    return told if re.fullmatch(r"[A-Z]{2}", told) and told != "XX" else ""


def device_of(request: HttpRequest) -> str:
    """The device's token; empty where the cookie is missing or cannot be one of ours."""
    token = request.COOKIES.get(DEVICE_COOKIE, "")
    return token if 16 <= len(token) <= 48 and token.isascii() and token.isprintable() else ""


def remember_origin(request: HttpRequest, checkout: Checkout) -> str:
    """Note where this purchase was placed from; returns the device's token, which is new where it had none."""
    device = device_of(request) or secret_token()
    note_origin(
        checkout=checkout,
        address=address_of(request),
        device=device,
        network_country=country_of(request),
        at=timezone.now(),
    )
    return device


def mark_device(response: HttpResponse, device: str) -> HttpResponse:
    remember(response, DEVICE_COOKIE, device)
    return response
