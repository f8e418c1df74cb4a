from __future__ import annotations

import datetime as dt
import hashlib
import logging
import smtplib
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import translation

from core.claims import claimed
from core.doorbell import ring
from core.states import StaleState, move_to
from support.content import Notice, Reader
from support.models import Mail
from support.rendering import one_line, render

log = logging.getLogger(__name__)
ACTOR = "system:mail"
ACCOUNT = "account"
TEAM_INVITED = "team_invited"
SECRETS = (ACCOUNT, TEAM_INVITED, "gift_card")
MAX_TRIES = 10
FIRST_PAUSE = dt.timedelta(minutes=1)
LONGEST_PAUSE = dt.timedelta(hours=1)
Clock = Callable[[], dt.datetime]


def notify(*, subject_id: uuid.UUID, reader: Reader, write: Callable[[], Notice], at: dt.datetime) -> bool:
    """Render a notice in the reader's language and queue it; the same kind about the same thing to the same reader only once.

    Returns whether it is new.
    """
    with translation.override(reader.language):
        notice = write()
        mail = render(notice)
    return queue_mail(
        key=f"{notice.kind}:{subject_id}:{_digest(reader.email)}",
        kind=notice.kind,
        reader=reader,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        at=at,
    )


def _digest(email: str) -> str:
    """Stands for an address in keys, which appear in logs."""
    return hashlib.sha256(email.lower().encode()).hexdigest()[:16]


@transaction.atomic
def queue_mail(*, key: str, kind: str, reader: Reader, subject: str, text: str, html: str, at: dt.datetime) -> bool:
    """Store a mail to be delivered, unless one with this key exists. Returns whether it is new."""
    mail = Mail(key=key, kind=kind, to=reader.email, language=reader.language, subject=one_line(subject), text=text, html=html)
    mail.created_at = mail.next_try_at = at
    Mail.objects.bulk_create([mail], ignore_conflicts=True)
    if not Mail.objects.filter(pk=mail.pk).exists():
        return False
    ring("support.tasks.send_due_mail")
    return True


def send_due(*, clock: Clock, limit: int = 50) -> int:
    """Deliver queued mails that are due: by SMTP where a server is set, else by keeping them in the mailbox. Returns how many.

    Two workers never send the same one at the same time, and one whose worker dies is tried again. That makes a second copy possible
    but a lost mail not; both copies carry the same Message-ID. Sending stops at the first server that cannot be reached.
    """
    now = clock()
    due = Mail.objects.filter(status=Mail.Status.QUEUED, next_try_at__lte=now).order_by("next_try_at", "id")
    if not settings.EMAIL_HOST:
        return sum(_keep(mail, now) for mail in due[:limit])

    def move_on(mail: Mail) -> dict[str, Any]:
        return {"attempts": mail.attempts + 1, "next_try_at": clock() + min(FIRST_PAUSE * 2**mail.attempts, LONGEST_PAUSE)}

    server = get_connection(settings.MAIL_DELIVERY_BACKEND)
    sent = 0
    try:
        for mail in claimed(due, limit, move_on):
            error = _send(server, mail)
            _settle(mail, error, clock())
            sent += not error
            if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused):
                break
    finally:
        server.close()
    return sent


def _keep(mail: Mail, at: dt.datetime) -> bool:
    try:
        with transaction.atomic():
            move_to(mail, Mail.Status.KEPT, actor=ACTOR, at=at)
    except StaleState:
        return False
    return True


def _send(server: BaseEmailBackend, mail: Mail) -> Exception | None:
    """Hand a mail to the server; returns what went wrong."""
    host = urlsplit(settings.SITE_URL).hostname
    headers = {"Message-ID": f"<{mail.pk}@{host}>", "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.to], headers=headers, connection=server)
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    try:
        message.send()
    except Exception as error:  # whatever a mail breaks on, the others must still go out
        log.warning("mail not sent", extra={"mail": str(mail.pk), "error": type(error).__name__})
        server.close()
        return error
    return None


def _settle(mail: Mail, error: Exception | None, at: dt.datetime) -> None:
    """Note the outcome; after the last try a mail is given up."""
    with transaction.atomic():
        mail.refresh_from_db()
        if mail.status != Mail.Status.QUEUED:
            return
        if error is None:
            # The link in a mail about an account or a team opens doors, a gift card's code is as good as cash: not kept once they are out.
            secret = {"text": "", "html": ""} if mail.kind in SECRETS else {}
            move_to(mail, Mail.Status.SENT, actor=ACTOR, at=at, sent_at=at, last_error="", **secret)
            return
        Mail.objects.filter(pk=mail.pk).update(last_error=repr(error)[:300])
        if mail.attempts >= MAX_TRIES:
            move_to(mail, Mail.Status.FAILED, actor=ACTOR, at=at, reason=type(error).__name__)
