"""Every page of both back offices, read in Chinese: no English word is left that is not somebody's data or the same in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import User
from merchants.admin import merchant_site
from payments.models import LedgerAccount
from tests.backoffice.market import Shop
from tests.backoffice.walk import Address, addresses, rows_of

# Abbreviations, units and names that Chinese readers know in Latin letters.
KNOWN = {
    "sku", "pdf", "xlsx", "api", "url", "id", "qr", "iban", "bic", "swift", "ean", "gtin", "hs", "html", "json", "webhook",
    "xml", "csv",
    "camt", "pain", "kpi", "ip", "utc", "jishi", "stripe", "kg", "g", "km", "cm", "mm", "m", "km/h", "usd", "eur", "gbp", "jpy",
    "kwd", "cny", "vat", "excel", "sf", "control", "mac", "command", "en", "zh", "hans",
    "english", "ctrl", "esc", "zpl", "utf", "ok", "a4", "svd", "slug", "b2b", "sepa", "ach", "faq", "app", "totp", "passkey", "gtins",
    "uuid", "cif", "cn", "mo", "tu", "we", "th", "fr", "sa", "su", "jpeg", "png", "webp", "jpg", "zip", "mp3", "mb", "kb", "gb",
    "code128", "mk", "bps", "hmac", "sha", "post", "ddp", "dap", "ioss",
}  # fmt: skip
WORD = re.compile(r"[A-Za-z][A-Za-z/'’]*")
# Addresses, numbers, names of fields, endings of files, time zones: they are the same in every language.
NO_WORDS = re.compile(r"Jishi Express|Engraving \| 刻字|\b[A-Z]\w+/\w+\S*|\S+@\S+|https?://\S+|\S*\d\S*|\{\w+\}|\b\w+_\w+\b|\.\w+\b")
SAID_BY = ("aria-label", "title", "placeholder", "alt", "data-label", "data-failed", "aria-description", "summary")
# What stands in a large field, and what is shown there while it is empty, are files and texts of the merchant's own.
SILENT = {"script", "style", "code", "pre", "kbd", "template", "svg", "textarea"}
LEAST_OF_A_VALUE = 5
CANARY = "antelope"
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Reader(HTMLParser):
    """What people see or hear of a page: texts and speaking attributes; not scripts, code, icons and what is marked as another language."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        is_silent = tag in SILENT or "material-symbols" in (found.get("class") or "") or (tag != "html" and "lang" in found)
        if tag not in VOID:
            self.silent.append(is_silent)
        if any(self.silent) or is_silent:
            return
        self.said += [value for name in SAID_BY if (value := found.get(name))]
        if (tag == "input" and found.get("type") in {"submit", "button", "reset"}) or (
            tag == "meta" and found.get("name") == "description"
        ):
            self.said.append(found.get("value") or found.get("content") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and self.silent:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(self.silent):
            self.said.append(" ".join(data.split()))


def texts_of(body: str) -> list[str]:
    reader = Reader()
    reader.feed(body)
    return reader.said


def data() -> list[str]:
    """Whatever is in the database and was typed by somebody or sent by a machine; the longest first."""
    found: set[str] = set()
    for model in apps.get_models():
        fields = [field for field in model._meta.concrete_fields if _holds_texts(field)]
        for row in model._base_manager.values_list(*(field.attname for field in fields)) if fields else ():
            for value in row:
                found.update(_strings(value))
    shops_own = {word for text in found if CANARY in text.lower() for word in WORD.findall(text)}
    # Titles of pages begin with a capital letter.
    found |= {text[:1].upper() + text[1:] for text in found}
    values = {text for text in found if len(text) >= LEAST_OF_A_VALUE and WORD.search(text)}
    return sorted(values | shops_own, key=len, reverse=True)


def _holds_texts(field: Any) -> bool:
    is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
    return (is_text or type(field).__name__ == "ArrayField") and not field.choices


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield " ".join(re.sub(r"<[^>]*>", " ", value).split())
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def english_in(text: str, known: Iterable[str]) -> list[str]:
    # In both orders: somebody's text may hold a number, and an address somebody's text.
    left = NO_WORDS.sub(" ", _without(text, known))
    others = set(WORD.findall(_without(NO_WORDS.sub(" ", text), known)))
    return [word for word in WORD.findall(left) if word in others and len(word) > 1 and word.lower() not in KNOWN]


def _without(text: str, known: Iterable[str]) -> str:
    for said in known:
        if said in text:
            text = re.sub(rf"\b{re.escape(said)}\b", " ", text)
    return text


def _urls(site: Any, shop: Shop) -> Iterator[str]:
    for address in addresses(site):
        if address.kind in {"open", "row_action", "list_action"} or address.name in {"autocomplete", "jsi18n", "search"}:
            continue
        if address.kind == "row":
            keys = _keys(site, address, shop)
            # Rows of the same table can look different by state.
            yield from (address.url(site.name, key) for key in keys[:4])
        else:
            yield address.url(site.name)


def _keys(site: Any, address: Address, shop: Shop) -> list[Any]:
    if site is merchant_site:
        return rows_of(address.model_admin, shop.merchant)
    model = address.model_admin.model if address.model_admin else LedgerAccount
    return list(model._base_manager.order_by("pk").values_list("pk", flat=True))


def _english_on(client: Client, urls: Iterable[str], known: list[str]) -> dict[str, set[str]]:
    """Texts with English words in them, and the pages that say them."""
    found: dict[str, set[str]] = {}
    for url in urls:
        answer = client.get(url, headers={"accept-language": "zh-hans"})
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            _collect(found, url, answer.content.decode(), known)
    return found


def _collect(found: dict[str, set[str]], url: str, body: str, known: list[str]) -> None:
    for text in texts_of(body):
        if words := english_in(text, known):
            found.setdefault(f"{text[:120]} ← {words[:6]}", set()).add(url)


def _told(found: dict[str, set[str]]) -> list[str]:
    return sorted(f"{text}: {min(urls)} and {len(urls) - 1} more" for text, urls in found.items())


@pytest.mark.parametrize("site_name", ["merchant", "admin"])
def test_no_page_has_an_english_word(shop: Shop, operator: User, client: Client, site_name: str) -> None:
    site: Any = merchant_site if site_name == "merchant" else admin.site
    client.force_login(shop.owner if site is merchant_site else operator)
    urls = list(_urls(site, shop))

    found = _english_on(client, urls, data())

    assert len(urls) > 100
    assert not found, "\n".join(_told(found))


@pytest.mark.parametrize("site_name", ["merchant", "admin"])
def test_no_refused_form_has_an_english_word(shop: Shop, operator: User, client: Client, site_name: str) -> None:
    """Empty forms, and forms with nonsense in every field: what is wrong is said in Chinese."""
    site: Any = merchant_site if site_name == "merchant" else admin.site
    client.force_login(shop.owner if site is merchant_site else operator)
    known, found = data(), {}  # type: tuple[list[str], dict[str, set[str]]]

    for model, model_admin in site._registry.items():
        if not model_admin.can_add:
            continue
        url = reverse(f"{site.name}:{model._meta.app_label}_{model._meta.model_name}_add")
        page = client.get(url, headers={"accept-language": "zh-hans"}).context
        counts = {
            f"{inline.formset.prefix}-{name}": 0
            for inline in page["inline_admin_formsets"]
            for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
        }
        for nonsense in ("", "\u00a7" * 400):
            said = dict.fromkeys(page["adminform"].form.fields, nonsense) | counts
            answer = client.post(url, said, headers={"accept-language": "zh-hans"})
            assert answer.status_code == 200, url
            _collect(found, url, answer.content.decode(), known)

    assert not found, "\n".join(_told(found))


def test_the_reader_sees_an_english_label_wherever_it_stands() -> None:
    """Negative control."""
    page = '<label>Weight</label><input placeholder="Carrier"><td data-label="Paid">3 kg</td>'
    page += '<b class="material-symbols-outlined">home</b><i lang="en">Hi</i>'

    assert [word for text in texts_of(page) for word in english_in(text, ["Paid lamp"])] == ["Weight", "Carrier", "Paid"]
