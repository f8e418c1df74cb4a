"""Writes that may be repeated: the Idempotency-Key header is required, the first answer is kept for a week."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from api.authentication import ApiClient
from core.idempotency import request_hash, run_once

HEADER = "Idempotency-Key"


def idempotent(request: Request, client: ApiClient, write: Callable[[], tuple[int, Any]]) -> Response:
    """Run `write` once per (caller, key); a repeat is answered from the record with `Idempotent-Replayed: true`."""
    key = request.headers.get(HEADER, "")
    if not 1 <= len(key) <= 255 or not key.isprintable():
        raise exceptions.ValidationError({HEADER: [_("Send an Idempotency-Key header of 1 to 255 characters.")]})
    fingerprint = request_hash(str(request.method), request.path, request.body)
    answer = run_once(scope=f"api:{client.merchant.pk}", key=key, fingerprint=fingerprint, write=write)
    return Response(answer.body, status=answer.status, headers={"Idempotent-Replayed": "true"} if answer.is_replay else {})
