"""Two who want to sell here: a bakery with all its papers that waits for the operator, and a collector who has to change something."""

import datetime as dt
import io
from decimal import Decimal

from PIL import Image, ImageDraw

from accounts.models import User
from core.pdf.document import Document
from merchants.models import ApplicationDocument, Merchant, MerchantApplication
from merchants.services.application_decisions import return_application
from merchants.services.application_documents import add_document
from merchants.services.applications import save_draft, start_application, submit_application
from shop.demo.market import ACTOR, person

BAKERY, COLLECTOR = "bakery@demo.jishi", "collector@demo.jishi"
Paper = ApplicationDocument.Kind
WEEK = ("tue", "wed", "thu", "fri", "sat", "sun")


def apply(now: dt.datetime) -> None:
    """Both are made once."""
    if MerchantApplication.objects.filter(slug="osmanthus-bakery").exists():
        return
    _bakery(person(BAKERY, "Luo Mei", language="zh-hans"), now - dt.timedelta(hours=20))
    _collector(person(COLLECTOR, "Gu Feng"), now - dt.timedelta(days=2))


def _bakery(user: User, at: dt.datetime) -> None:
    row = start_application(user=user, kind=Merchant.Kind.LOCAL_STORE, at=at)
    save_draft(
        application_id=row.pk, user=user, kind=Merchant.Kind.LOCAL_STORE, name="Osmanthus Bakery", name_zh="桂花面包房",
        slug="osmanthus-bakery",
        description="Bread and cakes of the day, to be fetched in the lane behind the temple.",
        description_zh="每日现烤面包与糕点，城隍庙后巷自提。", contact="罗梅", email=BAKERY, phone="+86 21 6355 0188", country="CN",
        city="Shanghai", address="12 Fangbang Middle Road", tax_number="91310101MA1BAKERYX", latitude=Decimal("31.225900"),
        longitude=Decimal("121.492300"), opening_hours={day: [["07:30", "19:00"]] for day in WEEK},
    )  # fmt: skip
    until = at.date() + dt.timedelta(days=900)
    for kind, name, end in (
        (Paper.LICENCE, "营业执照.pdf", None),
        (Paper.IDENTITY, "身份证.pdf", until),
        (Paper.BANK_PROOF, "开户许可证.pdf", None),
        (Paper.PERMIT, "食品经营许可证.pdf", at.date() + dt.timedelta(days=25)),
    ):
        _add(row, user, kind, name, _paper(Paper(kind).label, "桂花面包房"), end, at)
    _add(row, user, Paper.PREMISES, "门店.jpg", _store_front(), None, at)
    submit_application(application_id=row.pk, user=user, at=at)


def _collector(user: User, at: dt.datetime) -> None:
    row = start_application(user=user, kind=Merchant.Kind.INDIVIDUAL, at=at)
    save_draft(
        application_id=row.pk, user=user, kind=Merchant.Kind.INDIVIDUAL, name="Gu's Cameras", name_zh="顾家相机", slug="gus-cameras",
        description="Film cameras from one collection, each one tried before it is sold.", description_zh="个人收藏的胶片相机，逐台试机。",
        contact="Gu Feng", email=COLLECTOR, phone="+86 571 8700 4412", country="CN", city="Hangzhou", address="5 Beishan Street",
    )  # fmt: skip
    _add(row, user, Paper.IDENTITY, "identity.pdf", _paper(Paper.IDENTITY.label, "Gu Feng"), at.date() + dt.timedelta(days=2_000), at)
    _add(row, user, Paper.BANK_PROOF, "bank.pdf", _paper(Paper.BANK_PROOF.label, "Gu F."), None, at)
    submit_application(application_id=row.pk, user=user, at=at)
    return_application(
        application_id=row.pk, actor=ACTOR, at=at + dt.timedelta(hours=9),
        reason="The bank document names “Gu F.” only. Please add one with your full name, as on your identity card.",
    )  # fmt: skip


def _add(row: MerchantApplication, user: User, kind: str, name: str, data: bytes, expires_on: dt.date | None, at: dt.datetime) -> None:
    add_document(application_id=row.pk, user=user, kind=kind, name=name, data=data, expires_on=expires_on, at=at)


def _paper(title: object, who: str) -> bytes:
    paper = Document(str(title), "en", author="Practice authority")
    paper.heading(str(title))
    paper.facts([("Name", who), ("Note", "Made for the demonstration; it proves nothing.")])
    return paper.render()


def _store_front() -> bytes:
    picture = Image.new("RGB", (960, 640), "#efe3d0")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((120, 200, 840, 600), fill="#b5473c")
    for index in range(6):
        draw.rectangle((120 + 120 * index, 200, 180 + 120 * index, 260), fill="#fff8ec")
    draw.rectangle((180, 320, 480, 540), fill="#cfe4ea")
    draw.rectangle((560, 320, 740, 600), fill="#5d3a2e")
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=85)
    return target.getvalue()
