"""Writing to the double-entry ledger. One statement per transaction: accounts, transaction and entries together."""

import datetime as dt
import uuid
from typing import Any

from django.db import connection, transaction

from core.ids import uuid7
from core.postgresql.statements import Prepared
from payments import postings
from payments.errors import AlreadyPosted
from payments.models import LedgerBalance, LedgerTransaction
from payments.postings import Leg, Posting, PostingKind

# An account's id follows from its code, so posting needs no look-up and two first postings to it cannot collide.
_NAMESPACE = uuid.UUID("6f1d7c8e-3a52-5b0e-9d57-0c7e2f7a4b11")

# The entries arrive in one statement because the database takes a transaction's entries whole or not at all.
_POST = Prepared(
    """
WITH account AS (
    INSERT INTO payments_ledgeraccount (id, created_at, code, kind, currency, merchant_id)
    SELECT DISTINCT ON (a.id) a.id, %(at)s, a.code, a.kind, %(currency)s, a.merchant_id
    FROM unnest(%(accounts)s::uuid[], %(codes)s::text[], %(kinds)s::text[], %(merchants)s::uuid[]) AS a(id, code, kind, merchant_id)
    ORDER BY a.id
    ON CONFLICT DO NOTHING
), posted AS (
    INSERT INTO payments_ledgertransaction (id, created_at, kind, reference, key, reverses_id, memo)
    VALUES (%(id)s::uuid, %(at)s, %(kind)s, %(reference)s::uuid, %(key)s, %(reverses)s::uuid, %(memo)s)
    ON CONFLICT (key) DO NOTHING
    RETURNING id
)
INSERT INTO payments_ledgerentry (transaction_id, account_id, at, amount_minor, currency, part)
SELECT posted.id, leg.account_id, %(at)s::timestamptz, leg.amount_minor, %(currency)s, leg.part
FROM posted, unnest(%(accounts)s::uuid[], %(amounts)s::bigint[], %(parts)s::uuid[]) AS leg(account_id, amount_minor, part)
"""
)


def account_id(leg: Leg, currency: str) -> uuid.UUID:
    """The key of the account a leg goes to."""
    return id_of_code(leg.code(currency))


def id_of_code(code: str) -> uuid.UUID:
    """The key of the account with that code."""
    return uuid.uuid5(_NAMESPACE, code)


def post(*, posting: Posting, at: dt.datetime, reverses: uuid.UUID | None = None, memo: str = "") -> None:
    """Write one ledger transaction with its entries; legs of zero are left out. Call it in the transaction it explains.

    Raises:
        AlreadyPosted: a transaction with this key exists; nothing was written.
    """
    legs = [leg for leg in posting.legs if leg.amount_minor]
    if not legs:
        return
    accounts = [str(account_id(leg, posting.currency)) for leg in legs]
    parameters: dict[str, Any] = {
        "id": str(uuid7()),
        "at": at,
        "kind": str(posting.kind),
        "reference": str(posting.reference),
        "key": posting.key,
        "reverses": reverses and str(reverses),
        "memo": memo,
        "currency": posting.currency,
        "accounts": accounts,
        "codes": [leg.code(posting.currency) for leg in legs],
        "kinds": [leg.kind.value for leg in legs],
        "merchants": [leg.merchant_id for leg in legs],
        "amounts": [leg.amount_minor for leg in legs],
        "parts": [leg.part and str(leg.part) for leg in legs],
    }
    with connection.cursor() as cursor:
        cursor.execute(_POST, parameters)
        if not cursor.rowcount:
            raise AlreadyPosted


def locked_balance(*, kind: postings.Account, owner: uuid.UUID | str, currency: str) -> int:
    """Credit balance of a guarded account in minor units, its row locked until the transaction ends; 0 where nothing was posted."""
    leg = Leg(kind, 0, str(owner))
    balance = LedgerBalance.objects.select_for_update().filter(account_id=account_id(leg, currency))
    found: int | None = balance.values_list("available_minor", flat=True).first()
    return found or 0


def reverse(*, transaction_id: uuid.UUID, memo: str, at: dt.datetime) -> None:
    """Correct a posting by its opposite, linked to the original, which stays as it is.

    Raises:
        AlreadyPosted: it was reversed before.
    """
    original = LedgerTransaction.objects.get(pk=transaction_id)
    entries = list(original.entries.select_related("account").order_by("pk"))
    legs = [_opposite(entry.account.code, entry.amount_minor, entry.part) for entry in entries]
    posting = Posting(PostingKind.REVERSAL, original.reference, f"reversal:{original.pk}", entries[0].currency, legs)
    with transaction.atomic():
        post(posting=posting, at=at, reverses=original.pk, memo=memo)


def _opposite(code: str, amount_minor: int, part: uuid.UUID | None) -> Leg:
    kind, *owner, _currency = code.split(":")
    return Leg(postings.Account(kind), -amount_minor, ":".join(owner), part)


def post_points_granted(*, reference: uuid.UUID, key: str, value_minor: int, currency: str, at: dt.datetime) -> None:
    """Post the liability of points granted, `value_minor` in minor units; a repeat with the same key changes nothing."""
    _post_points(PostingKind.POINTS_GRANTED, reference, key, value_minor, currency, at)


def post_points_expired(*, reference: uuid.UUID, key: str, value_minor: int, currency: str, at: dt.datetime) -> None:
    """Take expired points out of the liability; a repeat with the same key changes nothing."""
    _post_points(PostingKind.POINTS_EXPIRED, reference, key, value_minor, currency, at)


def post_points_clawed_back(*, reference: uuid.UUID, key: str, value_minor: int, currency: str, at: dt.datetime) -> None:
    """Take clawed back points out of the liability; a repeat with the same key changes nothing."""
    _post_points(PostingKind.POINTS_CLAWED_BACK, reference, key, value_minor, currency, at)


def _post_points(kind: PostingKind, reference: uuid.UUID, key: str, value_minor: int, currency: str, at: dt.datetime) -> None:
    try:
        with transaction.atomic():
            post(posting=postings.points(kind, reference, key, value_minor, currency), at=at)
    except AlreadyPosted:
        return
