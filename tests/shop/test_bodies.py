"""What is too large is refused over a real socket before any of it was sent, on every face and in the person's language."""

from __future__ import annotations

import json
import socket
from urllib.parse import urlsplit

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from pytest_django import Settings

from core.errors import BodyTooLarge, BodyWithoutLength
from shop.bodies import AROUND_FILES, MILLION, most_bytes

LANGUAGES = {"en": "en", "zh-hans": "zh-CN,zh"}
HUGE = 200 * MILLION
TOKEN = "t" * 32
# Of nothing: what is too large is refused before anybody looks for it.
KEY = "01a2286e-726c-7921-b581-5d0fd84930ed"
# An address of each kind, and how many million bytes it takes.
DOORS = {
    "/cart/add/": 5,
    "/search/image/": 21,
    f"/orders/1/review/{KEY}/": 61,
    "/cases/1/message/": 61,
    "/merchant/catalog/product/add/": 101,
    f"/merchant/catalog/product/{KEY}/change/": 101,
    "/merchant/imports/": 21,
    "/admin/payments/bankline/import/": 6,
    "/admin/core/exchangerate/add/": 11,
    f"/api/v1/stock/{KEY}/": 5,
}


def answer_to(server: str, path: str, headers: dict[str, object], body: bytes = b"") -> tuple[int, bytes]:
    """Status and text of what the server answers to these bytes, until it hangs up. What was announced beyond them never comes."""
    address = urlsplit(server)
    assert address.port
    lines = [f"POST {path} HTTP/1.1", f"Host: {address.netloc}", *(f"{name}: {value}" for name, value in headers.items())]
    with socket.create_connection(("127.0.0.1", address.port), timeout=20) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, text = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), text


def said(path: str, text: bytes) -> str:
    return str(json.loads(text)["title"]) if path.startswith("/api/") else text.decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", DOORS)
def test_a_body_of_200_mb_is_refused_before_a_byte_of_it_was_sent(shop_server: str, path: str, language: str) -> None:
    """UPL04."""
    about = {"Content-Type": "multipart/form-data; boundary=x", "Accept-Language": LANGUAGES[language], "Connection": "close"}

    status, text = answer_to(shop_server, path, {**about, "Content-Length": HUGE})

    with translation.override(language):
        assert (status, str(BodyTooLarge(most=DOORS[path])) in said(path, text)) == (413, True)


@pytest.mark.parametrize("path", ["/search/image/", "/merchant/imports/", f"/api/v1/stock/{KEY}/"])
def test_an_endless_body_without_a_length_is_cut_off_at_once(shop_server: str, path: str) -> None:
    """UPL04: the connection ends although the body does not."""
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Transfer-Encoding": "chunked"}

    status, text = answer_to(shop_server, path, headers, b"5\r\nhello\r\n")

    assert (status, str(BodyWithoutLength()) in said(path, text)) == (411, True)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/cart/add/", "/merchant/login/", "/admin/login/"])
def test_ten_thousand_fields_are_refused_in_words(shop_server: str, path: str, language: str) -> None:
    """UPL04."""
    body = b"csrfmiddlewaretoken=" + TOKEN.encode() + b"&a=1" * 10_000
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={TOKEN}",
        "Accept-Language": LANGUAGES[language],
        "Connection": "close",
        "Content-Length": len(body),
    }

    status, text = answer_to(shop_server, path, headers, body)

    with translation.override(language):
        assert (status, translation.gettext("Too many fields or files were sent at once.") in text.decode()) == (400, True)


def test_an_address_takes_what_its_form_takes_and_no_more(settings: Settings) -> None:
    assert most_bytes("cart-add") == most_bytes("") == settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert most_bytes("merchant:imports") == settings.IMPORT_MAX_MB * MILLION + AROUND_FILES


def test_every_address_with_a_limit_of_its_own_is_there(settings: Settings) -> None:
    for name in settings.FILES_MAX_MB:
        parts = [[], ["1"], ["1", "message"], [KEY], ["1", KEY]]

        assert any(_leads_somewhere(name, args) for args in parts), name


def _leads_somewhere(name: str, args: list[object]) -> bool:
    try:
        return bool(reverse(name, args=args))
    except NoReverseMatch:
        return False
