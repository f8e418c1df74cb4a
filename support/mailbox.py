from __future__ import annotations

from collections.abc import Sequence
from email.utils import parseaddr

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from django.utils.translation import get_language

from core.ids import uuid7
from support.content import Reader
from support.services import ACCOUNT, queue_mail


class MailboxBackend(BaseEmailBackend):
    """Django's EMAIL_BACKEND: what others send, such as a password reset, joins our own mails in the table and is delivered from there."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            for recipient in message.recipients():
                self._queue(message, parseaddr(recipient)[1])
        return len(email_messages)

    def _queue(self, message: EmailMessage, address: str) -> None:
        queue_mail(
            key=f"message:{uuid7()}",
            kind=ACCOUNT,
            reader=Reader(address, get_language() or "en"),
            subject=str(message.subject),
            text=str(message.body),
            html=_html_of(message),
            at=timezone.now(),
        )


def _html_of(message: EmailMessage) -> str:
    alternatives = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    return next((str(content) for content, kind in alternatives if kind == "text/html"), "")
