from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from merchants.models import ApiKey, Merchant
from merchants.services.api_keys import create_api_key
from tests.factories.merchants import make_merchant

ALL = tuple(ApiKey.Scope.values)


@dataclass
class Partner:
    """A script that has nothing but an API key."""

    merchant: Merchant
    key: ApiKey
    secret: str

    def get(self, path: str, **query: Any) -> Any:
        return Client().get(f"/api/v1{path}", query, headers=self._headers())

    def send(self, method: str, path: str, body: Any, key: str = "") -> Any:
        """A write; `key` becomes the Idempotency-Key."""
        headers = self._headers() | ({"Idempotency-Key": key} if key else {})
        return Client().generic(method, f"/api/v1{path}", _json(body), content_type="application/json", headers=headers)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


def _json(body: Any) -> str:
    import json

    return body if isinstance(body, str) else json.dumps(body)


def make_partner(merchant: Merchant | None = None, scopes: Sequence[str] = ALL) -> Partner:
    merchant = merchant or make_merchant()
    key, secret = create_api_key(merchant=merchant, name="script", scopes=scopes, user=None)
    return Partner(merchant, key, secret)


@pytest.fixture
def partner() -> Partner:
    return make_partner()
