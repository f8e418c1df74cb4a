"""Nothing that reaches merchant A says anything of merchant B while both live through the same; and no log says anything of a buyer."""

from __future__ import annotations

import logging

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from core.pdf import Document
from support.content import Reader
from support.models import Mail
from support.services import queue_mail
from tests.backoffice.market import Shop
from tests.isolation.received import leaks, let_papers_end, lines_of, mails_to, pages_of, text_of_bytes, told_by_api
from tests.isolation.world import CANARY, World, make_world

pytestmark = pytest.mark.django_db
# What no log may hold, of whichever shop: who its buyers are, where they live, what was written and shown in confidence.
PERSONAL = ("buyer", "lane", "burg", "holder", "secret", "-TRACK", "0001", "bell", "never came")


@pytest.fixture
def world(caplog: pytest.LogCaptureFixture) -> World:
    caplog.set_level(logging.DEBUG)
    with connection.cursor() as cursor:  # a busy machine reads papers for longer than a connection may be idle
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    made = make_world()
    for shop in (made.a, made.b):
        let_papers_end(shop)
    return made


@pytest.fixture
def browser(world: World) -> Client:
    client = Client()
    client.force_login(world.a.owner)
    return client


def personal(shop: Shop) -> list[str]:
    return [f"{shop.canary}{'' if word[0] in '-0' or word == 'burg' else ' '}{word}" for word in PERSONAL]


def test_no_mail_to_people_of_a_says_anything_of_b(world: World, caplog: pytest.LogCaptureFixture) -> None:
    received = mails_to(world.a)

    assert len({name.split()[1] for name in received}) > 5, "too few kinds of mails to say anything"
    assert leaks(received, [CANARY]) == {}
    assert leaks({str(i): line for i, line in enumerate(lines_of(caplog.records))}, [*personal(world.a), *personal(world.b)]) == {}


def test_no_page_file_or_answer_that_a_gets_says_anything_of_b(world: World, browser: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.clear()
    received = pages_of(world.a, browser) | told_by_api(world.a)

    assert len(received) > 200
    own = [place for place, text in received.items() if world.a.canary.lower() in text.lower()]
    for file in ("format=pdf", "format=csv", "format=xlsx", "paper labels", "autocomplete", "API /api/v1/"):
        assert any(file in place for place in own), f"{file} says nothing even of A"
    assert leaks(received, [CANARY]) == {}
    assert leaks({str(i): line for i, line in enumerate(lines_of(caplog.records))}, [*personal(world.a), *personal(world.b)]) == {}


def test_a_leak_into_a_mail_a_file_or_the_log_is_found(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Negative control."""
    to = Reader(world.a.owner.email, "en")
    queue_mail(key="planted", kind="planted", reader=to, subject="s", text=f"{CANARY} buyer", html="", at=timezone.now())
    paper = Document("Label", "en")
    paper.paragraph(f"{CANARY} lane 2")
    logging.getLogger("orders").debug("sold", extra={"to": f"{CANARY} buyer"})

    planted = {name: text for name, text in mails_to(world.a).items() if "planted" in name}
    files = {"label": text_of_bytes(paper.render())}
    lines = {str(i): line for i, line in enumerate(lines_of(caplog.records))}

    assert Mail.objects.filter(kind="planted").exists()
    assert list(leaks(planted, [CANARY]).values()) == [[CANARY.lower()]]
    assert leaks(files, [CANARY]) == {"label": [CANARY.lower()]}
    assert leaks(lines, personal(world.b))
