"""Bank details at rest, encrypted as `core.encryption` says.

Keys come from BANK_DETAILS_KEYS; `rotate_bank_details` writes everything anew under the newest.
"""

import json
import uuid
from dataclasses import asdict, dataclass

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings

from core.encryption import keys
from payments.errors import BankDetailsUnreadable

SALT = "payments.encryption"


@dataclass(frozen=True, slots=True)
class BankDetails:
    """What a bank needs: the account's number or IBAN, the bank's code (BIC, routing or CNAPS number) and its name."""

    number: str
    bank_code: str = ""
    bank_name: str = ""


def encrypt(details: BankDetails, *, merchant_id: uuid.UUID) -> str:
    """A token that only this installation reads, and only as this merchant's."""
    text = json.dumps({"merchant": str(merchant_id), **asdict(details)})
    return _keys().encrypt(text.encode()).decode()


def decrypt(token: str, *, merchant_id: uuid.UUID) -> BankDetails:
    """The details in a token.

    Raises:
        BankDetailsUnreadable: no key fits, it was altered, or it belongs to another merchant.
    """
    try:
        fields = json.loads(_keys().decrypt(token.encode()))
    except InvalidToken as error:
        raise BankDetailsUnreadable from error
    if fields.pop("merchant") != str(merchant_id):
        raise BankDetailsUnreadable
    return BankDetails(**fields)


def rotated(token: str) -> str:
    """The same content written under the newest key.

    Raises:
        BankDetailsUnreadable: no key fits.
    """
    try:
        return _keys().rotate(token.encode()).decode()
    except InvalidToken as error:
        raise BankDetailsUnreadable from error


def _keys() -> MultiFernet:
    return keys(settings.BANK_DETAILS_KEYS, salt=SALT, purpose="bank details")
