import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connection

from core.models import StateChange
from support.content import Reader
from support.models import Mail
from support.services import queue_mail, send_due
from tests.factories.support import NOW, make_mail
from tests.support.conftest import SmtpSink

pytestmark = pytest.mark.django_db


def at(moment: dt.datetime) -> Callable[[], dt.datetime]:
    return lambda: moment


def minutes(count: float) -> dt.timedelta:
    return dt.timedelta(minutes=count)


def test_without_a_server_mails_are_kept_in_the_mailbox() -> None:
    mail = make_mail()

    assert send_due(clock=at(NOW)) == 1

    mail.refresh_from_db()
    assert (mail.status, mail.text, mail.sent_at) == (Mail.Status.KEPT, "Thank you.", None)
    assert StateChange.objects.get(entity_id=mail.pk).to_status == "kept"


def test_with_a_server_mails_are_sent_as_text_and_html(smtp: SmtpSink, settings: Any) -> None:
    settings.SITE_URL = "https://jishi.example"
    mail = make_mail(subject="您的付款已到账", html="<p>谢谢</p>")

    assert send_due(clock=at(NOW)) == 1

    mail.refresh_from_db()
    assert (mail.status, mail.sent_at, mail.attempts) == (Mail.Status.SENT, NOW, 1)
    (message,) = smtp.received
    assert (message["To"], message["Subject"]) == ("li.na@example.com", "您的付款已到账")
    assert message["Message-ID"] == f"<{mail.pk}@jishi.example>"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_a_mail_is_sent_once(smtp: SmtpSink) -> None:
    make_mail()

    send_due(clock=at(NOW))
    send_due(clock=at(NOW + minutes(600)))

    assert len(smtp.received) == 1


def test_a_refused_mail_is_tried_again_after_a_growing_pause(smtp: SmtpSink) -> None:
    smtp.refusals = 2
    mail = make_mail()

    outcomes = [send_due(clock=at(NOW + minutes(later))) for later in (0, 0.9, 1, 2.9, 3)]

    assert outcomes == [0, 0, 0, 0, 1]
    mail.refresh_from_db()
    assert (mail.status, mail.attempts, mail.last_error) == (Mail.Status.SENT, 3, "")


def test_one_refused_mail_does_not_hold_up_the_others(smtp: SmtpSink) -> None:
    smtp.refusals = 1
    first, second = make_mail(), make_mail()

    assert send_due(clock=at(NOW)) == 1

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (Mail.Status.QUEUED, Mail.Status.SENT)
    assert "451" in first.last_error


def test_ten_refusals_are_enough(smtp: SmtpSink) -> None:
    smtp.refusals = 99
    mail = make_mail()

    for hour in range(15):
        send_due(clock=at(NOW + minutes(61 * hour)))

    mail.refresh_from_db()
    assert (mail.status, mail.attempts, smtp.refusals) == (Mail.Status.FAILED, 10, 89)


def test_a_server_that_is_away_costs_the_waiting_mails_no_tries(settings: Any, unused_port: int) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", unused_port
    first, second = make_mail(), make_mail()

    assert send_due(clock=at(NOW)) == 0

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.attempts, second.attempts) == (1, 0)
    assert first.status == Mail.Status.QUEUED


def test_a_mail_that_is_broken_itself_is_given_up_in_the_end(smtp: SmtpSink) -> None:
    mail = make_mail(subject="two\nlines")

    for hour in range(10):
        send_due(clock=at(NOW + minutes(61 * hour)))

    mail.refresh_from_db()
    assert mail.status == Mail.Status.FAILED
    assert smtp.received == []


def test_the_link_in_an_account_mail_is_forgotten_once_it_is_out(smtp: SmtpSink) -> None:
    secret, notice = make_mail(kind="account", text="https://…/reset/key"), make_mail()

    send_due(clock=at(NOW))

    secret.refresh_from_db()
    notice.refresh_from_db()
    assert (secret.status, secret.text, secret.html) == (Mail.Status.SENT, "", "")
    assert notice.text == "Thank you."


def test_a_mail_with_a_known_key_is_not_queued_again(django_capture_on_commit_callbacks: Any) -> None:
    def queue(text: str) -> bool:
        return queue_mail(
            key="order_paid:1", kind="order_paid", reader=Reader("a@example.com", "en"), subject="Paid", text=text, html="", at=NOW
        )

    with django_capture_on_commit_callbacks() as callbacks:
        assert (queue("first"), queue("second")) == (True, False)

    assert Mail.objects.get().text == "first"
    assert len(callbacks) == 1


def test_a_subject_cannot_add_headers() -> None:
    queue_mail(key="1", kind="x", reader=Reader("a@example.com", "en"), subject="Hi\r\nBcc: b@example.com", text="", html="", at=NOW)

    assert Mail.objects.get().subject == "Hi Bcc: b@example.com"


def test_mails_of_other_apps_land_in_the_same_table(settings: Any) -> None:
    settings.EMAIL_BACKEND = "support.mailbox.MailboxBackend"
    message = EmailMultiAlternatives("Reset your password", "Open the link", to=["Li Na <li.na@example.com>"])
    message.attach_alternative("<p>Open the link</p>", "text/html")

    assert message.send() == 1

    mail = Mail.objects.get()
    assert (mail.kind, mail.to, mail.subject) == ("account", "li.na@example.com", "Reset your password")
    assert (mail.text, mail.html, mail.status) == ("Open the link", "<p>Open the link</p>", Mail.Status.QUEUED)


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_a_mail_once(smtp: SmtpSink) -> None:
    for _ in range(5):
        make_mail()

    def work() -> None:
        try:
            send_due(clock=at(NOW))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)

    assert len(smtp.received) == 5
    assert set(Mail.objects.values_list("status", "attempts")) == {(Mail.Status.SENT, 1)}
