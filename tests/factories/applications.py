"""Applications to sell here, made by the services their pages call."""

from __future__ import annotations

import datetime as dt
import io
from itertools import count
from typing import Any

from django.utils import timezone
from PIL import Image

from accounts.models import User
from merchants.application_rules import PAPERS
from merchants.models import MerchantApplication
from merchants.services.application_documents import add_document
from merchants.services.applications import save_draft, start_application, submit_application
from tests.factories.accounts import make_user

_number = count(1)
SAID = {
    "contact": "Li Na", "email": "shop@example.com", "phone": "+86 21 5555 0000", "country": "CN", "city": "Shanghai",
    "address": "1 Market Street", "tax_number": "91310000MA1", "description": "Lamps & <b>lights</b>.",
}  # fmt: skip


def pdf(text: str = "a paper") -> bytes:
    return b"%PDF-1.4\n% " + text.encode() + b"\n%%EOF\n"


def picture(fmt: str = "JPEG", color: str = "red") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(target, fmt)
    return target.getvalue()


def make_draft(user: User | None = None, *, kind: str = "company", papers: bool = True, **said: Any) -> MerchantApplication:
    """Everything is there but for sending it."""
    user = user or make_user()
    number = next(_number)
    row = start_application(user=user, kind=kind, at=timezone.now())
    fields: Any = {**SAID, "name": f"Lamp House {number}", "slug": f"lamp-house-{number}", **said}
    row = save_draft(application_id=row.pk, user=user, kind=kind, **fields)
    for paper in PAPERS[kind] if papers else ():
        add_paper(row, kind=paper)
    return row


def add_paper(row: MerchantApplication, *, kind: str = "licence", expires_on: dt.date | None = None, **more: Any) -> Any:
    values: Any = {"name": f"{kind}.pdf", "data": pdf(f"{kind} {next(_number)}"), "at": timezone.now(), **more}
    return add_document(application_id=row.pk, user=row.applicant, kind=kind, expires_on=expires_on, **values)


def make_application(user: User | None = None, *, at: dt.datetime | None = None, **said: Any) -> MerchantApplication:
    """One that waits for the operator."""
    row = make_draft(user, **said)
    return submit_application(application_id=row.pk, user=row.applicant, at=at or timezone.now())
