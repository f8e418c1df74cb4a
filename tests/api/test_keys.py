from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from merchants.services.api_keys import revoke_api_key
from tests.api.conftest import Partner, make_partner

pytestmark = pytest.mark.django_db
PRIVATE = ("/orders/", "/shipments/", "/stock/", "/payouts/")


@pytest.mark.parametrize("path", PRIVATE)
@pytest.mark.parametrize(
    "header", ["", "Bearer nonsense", "Bearer mk_live_000000000000_x", "Basic YTpi", "Bearer mk_live_\x00_x", "Bearer "]
)
def test_without_a_key_there_is_nothing(path: str, header: str) -> None:
    answer = Client().get(f"/api/v1{path}", headers={"Authorization": header} if header else {})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", PRIVATE)
def test_a_key_opens_only_what_its_scopes_name(path: str) -> None:
    partner = make_partner(scopes=["orders:write"])

    answer = partner.get(path)

    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_a_key_that_may_read_may_not_ship() -> None:
    partner = make_partner(scopes=["orders:read"])

    assert partner.send("POST", "/orders/0190f1d2-0000-7000-8000-000000000000/shipments/", {}, key="k").status_code == 403


def test_a_revoked_key_is_dead_at_once(partner: Partner) -> None:
    assert partner.get("/orders/").status_code == 200
    revoke_api_key(merchant=partner.merchant, key_id=partner.key.pk, at=timezone.now())

    assert partner.get("/orders/").status_code == 401


def test_calls_beyond_the_quota_are_told_when_to_come_back(partner: Partner, settings: Any) -> None:
    settings.API_CALLS_PER_MINUTE = 5

    answers = [partner.get("/orders/") for _ in range(8)]

    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [429] * 3
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60
    assert answers[0].headers["RateLimit"].startswith('"default";r=4')
    assert make_partner().get("/orders/").status_code == 200
