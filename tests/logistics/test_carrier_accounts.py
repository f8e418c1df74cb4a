"""A merchant's carriers: secrets are shown once, kept encrypted, changed without a gap."""

import datetime as dt

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from logistics import secrets
from logistics.carrier_selectors import ways_of
from logistics.errors import CarrierNotAvailable, CarrierSecretUnreadable, InvalidCarrier, InvalidTracking, NotFound
from logistics.gateways.signatures import live_secrets
from logistics.models import CarrierAccount, CarrierBooking
from logistics.services import carrier_accounts
from tests.factories.carriers import make_carrier, send_by
from tests.factories.logistics import NOW
from tests.factories.merchants import make_merchant

pytestmark = pytest.mark.django_db


def test_a_secret_is_kept_encrypted_and_only_as_its_merchants() -> None:
    account, secret = make_carrier()

    assert secret.startswith("cs_")
    assert secret not in account.secret
    assert secrets.decrypt(account.secret, merchant_id=account.merchant_id) == secret
    for token, merchant_id in ((account.secret, make_merchant().pk), ("nonsense", account.merchant_id)):
        with pytest.raises(CarrierSecretUnreadable):
            secrets.decrypt(token, merchant_id=merchant_id)


def test_two_shops_may_ask_for_the_same_code_and_learn_nothing_of_each_other() -> None:
    first, second = make_carrier(code="sf")[0], make_carrier(code="sf")[0]

    assert first.code != second.code
    assert first.code.startswith("sf-")
    assert second.code.startswith("sf-")


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""}, {"code": "S F"}, {"code": "../x"}, {"code": "a" * 31}, {"name": "  "}, {"name": "x" * 61},
        {"i18n": {"zh-hans": {"name": "字" * 61}}}, {"tracking_url": "http://quick.example/{number}"},
        {"tracking_url": "https://quick.example/"}, {"tracking_url": "javascript:alert({number})"},
        {"tracking_url": "https://quick.example/{number}/{number}"}, {"tracking_url": "https://{number}/"},
        {"tracking_url": 'https://quick.example/"{number}'},
    ],
)  # fmt: skip
def test_what_cannot_be_a_carrier_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidCarrier), transaction.atomic():
        make_carrier(**wrong)

    assert CarrierAccount.objects.count() == 0


def test_the_old_secret_is_valid_beside_the_new_one_for_a_week_or_until_it_is_ended() -> None:
    account, first = make_carrier()
    about = {"account_id": account.pk, "merchant_id": account.merchant_id}

    account, second = carrier_accounts.renew_secret(**about, at=NOW)

    assert live_secrets(account, NOW) == [second, first]
    assert live_secrets(account, NOW + dt.timedelta(days=7)) == [second]
    assert live_secrets(carrier_accounts.end_old_secret(**about), NOW) == [second]
    account, third = carrier_accounts.renew_secret(**about, at=NOW)
    account, fourth = carrier_accounts.renew_secret(**about, at=NOW)
    assert live_secrets(account, NOW) == [fourth, third]


def test_a_stranger_cannot_change_a_carrier() -> None:
    account, _secret = make_carrier()
    about = {"account_id": account.pk, "merchant_id": make_merchant().pk}
    before = CarrierAccount.objects.values().get()

    for attempt in (
        lambda: carrier_accounts.renew_secret(**about, at=NOW),
        lambda: carrier_accounts.end_old_secret(**about),
        lambda: carrier_accounts.set_carrier_active(**about, is_active=False),
        lambda: carrier_accounts.change_carrier_account(**about, name="Mine"),
    ):
        with pytest.raises(NotFound), transaction.atomic():
            attempt()

    assert CarrierAccount.objects.values().get() == before


def test_keys_are_changed_without_losing_a_secret(settings: object) -> None:
    account, first = make_carrier()
    account, second = carrier_accounts.renew_secret(account_id=account.pk, merchant_id=account.merchant_id, at=NOW)
    settings.CARRIER_SECRET_KEYS = [Fernet.generate_key().decode()]  # type: ignore[attr-defined]

    call_command("rotate_carrier_secrets")
    settings.SECRET_KEY = "another one that derives other keys"  # type: ignore[attr-defined]

    account.refresh_from_db()
    assert live_secrets(account, NOW) == [second, first]
    settings.CARRIER_SECRET_KEYS = []  # type: ignore[attr-defined]
    with pytest.raises(CarrierSecretUnreadable):
        carrier_accounts.rotate_keys()


def test_a_merchant_chooses_among_the_built_in_its_own_active_ones_and_by_hand(settings: object) -> None:
    account, _secret = make_carrier(name="Quick Post")
    off, _secret = make_carrier(account.merchant, name="Slow Post")
    make_carrier(name="Somebody else's")
    carrier_accounts.set_carrier_active(account_id=off.pk, merchant_id=off.merchant_id, is_active=False)

    assert [way.key for way in ways_of(account.merchant_id)] == ["simulated", str(account.pk), "manual"]
    settings.SIMULATED_CARRIER = False  # type: ignore[attr-defined]
    assert [way.key for way in ways_of(account.merchant_id)] == [str(account.pk), "manual"]


def test_a_parcel_is_not_given_to_a_carrier_that_is_not_offered(settings: object) -> None:
    account, _secret = make_carrier()
    off, _secret = make_carrier(account.merchant)
    carrier_accounts.set_carrier_active(account_id=off.pk, merchant_id=off.merchant_id, is_active=False)
    settings.SIMULATED_CARRIER = False  # type: ignore[attr-defined]

    for way in ("simulated", str(off.pk), str(make_carrier()[0].pk), "pigeon", ""):
        with pytest.raises(CarrierNotAvailable), transaction.atomic():
            send_by(way, merchant=account.merchant, number="QP1")
    with pytest.raises(InvalidTracking), transaction.atomic():
        send_by(str(account.pk), merchant=account.merchant)

    assert CarrierBooking.objects.count() == 0


def test_the_database_refuses_a_booking_of_two_merchants() -> None:
    account, _secret = make_carrier()
    parcel = send_by(str(account.pk), merchant=account.merchant, number="QP1")

    for changes in ({"merchant": make_merchant()}, {"account": make_carrier()[0]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CarrierBooking.objects.filter(shipment=parcel).update(**changes)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_shopper_reads_the_carriers_name_in_the_own_language_and_finds_its_page() -> None:
    from django.utils import translation

    account, _secret = make_carrier(i18n={"zh-hans": {"name": "快邮"}})
    parcel = send_by(str(account.pk), merchant=account.merchant, number="QP 1/2")

    assert parcel.tracking_link == "https://quick.example/t/QP%201%2F2"
    with translation.override("zh-hans"):
        assert parcel.carrier_name == "快邮"
    assert send_by("manual", number="X1", carrier="Uncle Wang").tracking_link == ""
