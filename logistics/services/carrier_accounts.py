"""A merchant's carriers. A secret is shown once, to whoever made it; while it is changed, the old one is valid beside the new."""

import datetime as dt
import re
import secrets as random
import uuid

from django.db import transaction

from logistics import secrets
from logistics.errors import InvalidCarrier, NotFound
from logistics.models import CarrierAccount
from logistics.models.carriers import NUMBER_SLOT
from merchants.models import Merchant

CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
TRACKING_URL = re.compile(r"https://[^\s/?#@\\{}\"'<>]+(?:[/?#][^\s\"'<>\\]*)?")
LONGEST_CODE = 30
Texts = dict[str, dict[str, str]]
OLD_SECRET_DAYS = 7


@transaction.atomic
def create_carrier_account(
    *, merchant: Merchant, code: str, name: str, i18n: Texts | None = None, tracking_url: str = "", at: dt.datetime
) -> tuple[CarrierAccount, str]:
    """A new carrier of a merchant; returns it with its secret, which cannot be had again.

    Args:
        code: the beginning of its address; something random follows, as addresses are shared with other shops.
        tracking_url: the carrier's page about a parcel, with {number} in it; may be empty.

    Raises:
        InvalidCarrier: a code, name or address that cannot be one.
    """
    code = code.strip().lower()
    if not (CODE.fullmatch(code) and len(code) <= LONGEST_CODE):
        raise InvalidCarrier
    texts = _checked(name, i18n or {}, tracking_url)
    secret = _new_secret()
    account = CarrierAccount.objects.create(
        merchant=merchant,
        code=f"{code}-{random.token_hex(4)}",
        secret=secrets.encrypt(secret, merchant_id=merchant.pk),
        created_at=at,
        **texts,
    )
    return account, secret


@transaction.atomic
def change_carrier_account(
    *, account_id: uuid.UUID, merchant_id: uuid.UUID, name: str, i18n: Texts | None = None, tracking_url: str = ""
) -> CarrierAccount:
    """Rename a carrier or change the address of its tracking page.

    Raises:
        NotFound: this merchant has no such carrier.
        InvalidCarrier: a name or address that cannot be one.
    """
    account = _locked(account_id, merchant_id)
    for field, value in _checked(name, i18n or {}, tracking_url).items():
        setattr(account, field, value)
    account.save(update_fields=["name", "i18n", "tracking_url"])
    return account


@transaction.atomic
def renew_secret(*, account_id: uuid.UUID, merchant_id: uuid.UUID, at: dt.datetime) -> tuple[CarrierAccount, str]:
    """A new secret, shown once. The present one stays valid for a week; one that was being replaced already is not any more.

    Raises:
        NotFound: this merchant has no such carrier.
    """
    account = _locked(account_id, merchant_id)
    secret = _new_secret()
    account.previous_secret = account.secret
    account.previous_until = at + dt.timedelta(days=OLD_SECRET_DAYS)
    account.secret = secrets.encrypt(secret, merchant_id=merchant_id)
    account.save(update_fields=["secret", "previous_secret", "previous_until"])
    return account, secret


@transaction.atomic
def end_old_secret(*, account_id: uuid.UUID, merchant_id: uuid.UUID) -> CarrierAccount:
    """The carrier uses the new secret, so the old one is refused from now on.

    Raises:
        NotFound: this merchant has no such carrier.
    """
    account = _locked(account_id, merchant_id)
    account.previous_secret, account.previous_until = "", None
    account.save(update_fields=["previous_secret", "previous_until"])
    return account


@transaction.atomic
def set_carrier_active(*, account_id: uuid.UUID, merchant_id: uuid.UUID, is_active: bool) -> CarrierAccount:
    """Offer a carrier when parcels are sent, and listen to it, or neither.

    Raises:
        NotFound: this merchant has no such carrier.
    """
    account = _locked(account_id, merchant_id)
    account.is_active = is_active
    account.save(update_fields=["is_active"])
    return account


@transaction.atomic
def rotate_keys() -> int:
    """Write all secrets anew under the newest key, so that older keys can be taken out of the settings; returns how many carriers.

    Raises:
        CarrierSecretUnreadable: some cannot be read; nothing was changed.
    """
    accounts = list(CarrierAccount.objects.select_for_update(no_key=True).order_by("pk"))
    for account in accounts:
        account.secret = secrets.rotated(account.secret)
        account.previous_secret = secrets.rotated(account.previous_secret) if account.previous_secret else ""
    CarrierAccount.objects.bulk_update(accounts, ["secret", "previous_secret"], batch_size=500)
    return len(accounts)


def _locked(account_id: uuid.UUID, merchant_id: uuid.UUID) -> CarrierAccount:
    account: CarrierAccount | None = (
        CarrierAccount.objects.select_for_update(no_key=True).filter(pk=account_id, merchant_id=merchant_id).first()
    )
    if account is None:
        raise NotFound
    return account


def _new_secret() -> str:
    return f"cs_{random.token_urlsafe(32)}"


def _checked(name: str, i18n: Texts, tracking_url: str) -> dict[str, object]:
    name, tracking_url = " ".join(name.split()), tracking_url.strip()
    has_page = TRACKING_URL.fullmatch(tracking_url) and tracking_url.count(NUMBER_SLOT) == 1 and len(tracking_url) <= 300
    longest = max([len(name), *(len(text) for texts in i18n.values() for text in texts.values())])
    if not name or longest > 60 or (tracking_url and not has_page):
        raise InvalidCarrier
    return {"name": name, "i18n": i18n, "tracking_url": tracking_url}
