"""Repeatable writes: the first call with a key runs and its answer is kept; the same call again gets that answer."""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.models import IdempotencyRecord


class KeyReused(DomainError):
    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was used for a different request.")
    status = 422


class StillRunning(DomainError):
    code = "request_in_progress"
    message = _("The first request with this Idempotency-Key is still running.")


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    is_replay: bool


def request_hash(*parts: str | bytes) -> str:
    """SHA-256 over the parts that make two requests the same (method, path, body)."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def run_once(*, scope: str, key: str, fingerprint: str, write: Callable[[], tuple[int, Any]]) -> Answer:
    """Run `write` once per (scope, key) and keep its status and JSON body; the record commits with the write itself.

    A second caller waits on the unique index for the first. An answer of 400 and above is not kept: nothing changed, so
    the caller may try again with the same key.

    Raises:
        KeyReused: the key belongs to another request.
        StillRunning: the first call has not ended yet.
    """
    stored = IdempotencyRecord.objects.filter(scope=scope, key=key).first()
    if stored is None:
        try:
            return _first(scope, key, fingerprint, write)
        except OperationalError as error:
            if "lock timeout" in str(error):
                raise StillRunning from error
            raise
        except IntegrityError:
            stored = IdempotencyRecord.objects.filter(scope=scope, key=key).first()
            if stored is None:
                raise
    if stored.request_hash != fingerprint:
        raise KeyReused
    return Answer(stored.status, stored.body, is_replay=True)


def _first(scope: str, key: str, fingerprint: str, write: Callable[[], tuple[int, Any]]) -> Answer:
    with transaction.atomic():
        record = IdempotencyRecord.objects.create(scope=scope, key=key, request_hash=fingerprint)
        status, body = write()
        if status < 400:
            record.status, record.body = status, body
            record.save(update_fields=["status", "body"])
        else:
            record.delete()
    return Answer(status, body, is_replay=False)


def forget_old(*, now: dt.datetime, keep: dt.timedelta = dt.timedelta(days=7)) -> int:
    return IdempotencyRecord.objects.filter(created_at__lt=now - keep).delete()[0]
