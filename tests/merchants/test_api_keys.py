import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from core.ids import uuid7
from merchants.errors import ApiKeyNotFound, ScopeUnknown
from merchants.models import ApiKey
from merchants.selectors import api_key_for_secret
from merchants.services.api_keys import create_api_key, revoke_api_key
from tests.factories.catalog import NOW
from tests.factories.merchants import make_membership, make_merchant

pytestmark = pytest.mark.django_db


def make_key() -> tuple[ApiKey, str]:
    membership = make_membership()
    return create_api_key(merchant=membership.merchant, name="ERP", scopes=["orders:read", "orders:read"], user=membership.user)


def test_a_key_is_shown_once_and_stored_as_a_hash() -> None:
    key, secret = make_key()

    assert secret.startswith(f"mk_live_{key.prefix}_")
    assert key.scopes == ["orders:read"]
    stored = ApiKey.objects.values().get()
    hidden = secret.removeprefix(f"mk_live_{key.prefix}_")
    assert not any(hidden in str(value) for value in stored.values())
    assert api_key_for_secret(secret, NOW) == key


@pytest.mark.parametrize(
    "change",
    [
        lambda secret: "",
        lambda secret: "mk_live__",
        lambda secret: "nonsense",
        lambda secret: secret[:-1],
        lambda secret: secret + "x",
        lambda secret: secret.replace("live", "test"),
        lambda secret: secret.rsplit("_", 1)[0] + "_",
        lambda secret: "mk_live_\0_x",
        lambda secret: "mk_live_" + "a" * 10_000 + "_x",
        lambda secret: "mk_live_\ud800_\ud800",
        lambda secret: "mk_live_猫_猫",
    ],
)
def test_an_altered_secret_opens_nothing(change) -> None:  # type: ignore[no-untyped-def]
    _key, secret = make_key()

    assert api_key_for_secret(change(secret), NOW) is None

    assert ApiKey.objects.get().last_used_at is None


def test_the_last_use_is_noted_at_most_once_a_minute(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    _key, secret = make_key()
    with django_assert_num_queries(2):
        api_key_for_secret(secret, NOW)

    with django_assert_num_queries(1):
        api_key_for_secret(secret, NOW + dt.timedelta(seconds=59))
    assert ApiKey.objects.get().last_used_at == NOW

    api_key_for_secret(secret, NOW + dt.timedelta(seconds=60))
    assert ApiKey.objects.get().last_used_at == NOW + dt.timedelta(seconds=60)


def test_a_revoked_key_opens_nothing_and_stays_revoked() -> None:
    key, secret = make_key()

    revoke_api_key(merchant=key.merchant, key_id=key.pk, at=NOW)
    revoke_api_key(merchant=key.merchant, key_id=key.pk, at=NOW + dt.timedelta(days=1))

    assert api_key_for_secret(secret, NOW) is None
    assert ApiKey.objects.get().revoked_at == NOW


def test_a_strangers_key_cannot_be_revoked() -> None:
    key, secret = make_key()

    for merchant, key_id in ((make_merchant(), key.pk), (key.merchant, uuid7())):
        with pytest.raises(ApiKeyNotFound):
            revoke_api_key(merchant=merchant, key_id=key_id, at=NOW)

    assert api_key_for_secret(secret, NOW) == key


@pytest.mark.parametrize("scopes", [[], ["orders:read", "everything"]])
def test_a_key_needs_known_scopes(scopes: list[str]) -> None:
    with pytest.raises(ScopeUnknown):
        create_api_key(merchant=make_merchant(), name="ERP", scopes=scopes, user=None)

    assert not ApiKey.objects.exists()
