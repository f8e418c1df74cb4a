import datetime as dt
from typing import Any

import pytest

from core.ids import uuid7
from shop.settings.mail import server_from_url
from support.errors import MailNotFound
from support.selectors import mail, mailbox
from tests.factories.support import NOW, make_mail

pytestmark = pytest.mark.django_db


def test_the_mailbox_lists_the_newest_mails_first_in_one_query(django_assert_num_queries: Any) -> None:
    mails = [make_mail(created_at=NOW + dt.timedelta(minutes=minute)) for minute in range(3)]

    with django_assert_num_queries(1):
        listed = [(row.pk, row.subject, row.to, row.status) for row in mailbox(limit=2)]

    assert [row[0] for row in listed] == [mails[2].pk, mails[1].pk]


def test_a_mail_is_found_by_its_id_and_a_strange_id_is_not_found() -> None:
    known = make_mail()

    assert mail(known.pk) == known
    with pytest.raises(MailNotFound):
        mail(uuid7())


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", ("mail.example", 25, "", "", False, False)),
        ("smtp+tls://me:p%40ss@mail.example", ("mail.example", 587, "me", "p@ss", True, False)),
        ("smtps://me:secret@mail.example:4650", ("mail.example", 4650, "me", "secret", False, True)),
    ],
)
def test_a_server_is_read_from_one_address(url: str, expected: tuple[object, ...]) -> None:
    assert tuple(server_from_url(url).values()) == expected


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://"])
def test_an_address_that_is_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="EMAIL_URL must look like"):
        server_from_url(url)
