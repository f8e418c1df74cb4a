"""All that reaches the people and the programs of one merchant, as text: mails, pages, files, autocompletion, the API, and the log."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import logging
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core import mail
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from merchants.admin import merchant_site
from merchants.models import ApiKey, ApplicationDocument, MerchantApplication
from merchants.services.api_keys import create_api_key
from merchants.services.application_documents import warn_of_documents
from support.models import Mail
from tests.backoffice.market import Shop
from tests.backoffice.walk import addresses, rows_of
from tests.drain import drain
from tests.isolation.routes import routes, table

Received = dict[str, str]
PAPERS = ("pick-list", "packing-slips", "labels", "labels-a4")
TYPED = ("", "BARR", "ANTE", "a")
# What an answer of the API calls its objects by.
NAMES = ("id", "slug", "number", "sku")


def let_papers_end(shop: Shop) -> None:
    """Its licence ends in a month, of which the owner is warned."""
    day = timezone.localdate() + dt.timedelta(days=29)
    said = {"kind": "company", "name": f"{shop.canary} shop", "slug": shop.merchant.slug}
    application = MerchantApplication.objects.create(applicant=shop.owner, merchant=shop.merchant, status="approved", **said)
    paper = {"kind": "licence", "name": f"{shop.canary}.pdf", "content_type": "application/pdf", "size": 9, "sha256": "0" * 64}
    ApplicationDocument.objects.create(application=application, expires_on=day, **paper)


def mails_to(shop: Shop) -> Received:
    """What was written to its team and its buyers after everything that has happened, by whatever way mails leave."""
    warn_of_documents(at=timezone.now())
    drain()
    word = shop.canary.lower()
    rows = Mail.objects.filter(to__icontains=word)
    found = {f"mail {row.kind} to {row.to} ({row.pk})": f"{row.subject}\n{row.text}\n{row.html}" for row in rows}
    for index, sent in enumerate(mail.outbox):
        if any(word in address.lower() for address in sent.recipients()):
            found[f"mail sent {index}"] = str(sent.message())
    return found


def pages_of(shop: Shop, browser: Client) -> Received:
    """Its whole back office with its own rows, and every file that can be had there."""
    return {f"GET {url}": text_of(browser.get(url)) for url in _addresses(shop)} | _papers(shop, browser)


def _addresses(shop: Shop) -> Iterator[str]:
    for address in addresses(merchant_site):
        if address.kind in {"row", "row_action"}:
            for pk in rows_of(address.model_admin, shop.merchant)[:1]:
                url = address.url("merchant", pk)
                yield from (url, f"{url}?format=pdf", f"{url}?format=csv") if address.action == "change" else (url,)
        elif address.kind != "open":
            yield from (address.url("merchant"), f"{address.url('merchant')}?q=BARR")
    yield from (f"/merchant/export/?format={kind}" for kind in ("csv", "xlsx"))
    yield from (f"/merchant/autocomplete/?{query}" for query in _autocompleted())


def _autocompleted() -> Iterator[str]:
    """Every field that is filled in by typing, and each word that is typed into it."""
    for model_admin in merchant_site._registry.values():
        owners: list[Any] = [model_admin, *model_admin.inlines]
        for owner, typed in itertools.product(owners, TYPED):
            about = owner.model._meta
            for name in owner.autocomplete_fields:
                yield f"app_label={about.app_label}&model_name={about.model_name}&field_name={name}&term={typed}"


def _papers(shop: Shop, browser: Client) -> Received:
    chosen = {"order": [str(shop.to_ship.pk)], "carrier": "Post", "note": "Thank you"}
    found = {f"paper {paper}": text_of(browser.post("/merchant/to-ship/", {"paper": paper, **chosen})) for paper in PAPERS}
    rows = {"action": "failed", "text": f"{shop.to_ship.number},Post,\nJ-NONE,Post,X123"}
    return found | {"failed rows": text_of(browser.post("/merchant/to-ship/numbers/", rows))}


def told_by_api(shop: Shop) -> Received:
    """Every list of the API with a key of its own, and each of the objects in them."""
    _, secret = create_api_key(merchant=shop.merchant, name="script", scopes=list(ApiKey.Scope.values), user=None)
    script = Client(headers={"Authorization": f"Bearer {secret}"})
    known = {route.pattern: route for route in routes() if table()[route.pattern] == "partner"}
    found: Received = {}
    for pattern in [pattern for pattern, route in known.items() if not route.parameters]:
        answer = script.get(pattern)
        found[f"API {pattern}"] = text_of(answer)
        single = next((other for other in known if re.fullmatch(re.escape(pattern) + r"<[^/]+>/", other)), None)
        body = answer.json() if answer.headers.get("Content-Type", "").startswith("application/json") else {}
        rows = body.get("results", []) if isinstance(body, Mapping) else []
        for key in [next((row[name] for name in NAMES if name in row), "") for row in rows[:3]] if single else []:
            found[f"API {pattern}{key}/"] = text_of(script.get(f"{pattern}{key}/"))
    return found


def text_of(answer: Any) -> str:
    """What an answer says, whatever kind of file it is, with its headers."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{dict(answer.headers)}\n{text_of_bytes(body)}"


def text_of_bytes(body: bytes) -> str:
    if body.startswith(b"%PDF"):
        paper = PdfReader(io.BytesIO(body))
        return "\n".join([*(page.extract_text() for page in paper.pages), str(paper.metadata)])
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return "\n".join(book.read(name).decode(errors="replace") for name in book.namelist())
    return body.decode(errors="replace")


def lines_of(records: Iterable[logging.LogRecord]) -> list[str]:
    """What a log line could be made of: the message and everything that was noted beside it."""
    return [f"{record.name} {record.getMessage()} {record.__dict__}" for record in records]


def leaks(received: Mapping[str, str], words: Iterable[str]) -> dict[str, list[str]]:
    """Which of the words stand where; nothing where all is well."""
    wanted = [word.lower() for word in words]
    found = {place: [word for word in wanted if word in text.lower()] for place, text in received.items()}
    return {place: hits for place, hits in found.items() if hits}
