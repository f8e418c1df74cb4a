"""Store credit: what the operator gives and takes, and what its ledger account tells a member."""

import datetime as dt
import uuid

from django.db import IntegrityError, transaction

from accounts.models import User
from payments import postings
from payments.errors import InsufficientCredit, InvalidCredit
from payments.models import StoreCreditGrant
from payments.postings import PostingKind
from payments.services import ledger
from payments.services.credit import FLOOR

MOST_MINOR = 10**9


def grant(*, user_id: uuid.UUID, amount_minor: int, currency: str, reason: str, actor: str, at: dt.datetime) -> StoreCreditGrant:
    """Give a member store credit out of subsidies, or take some back where `amount_minor` is negative.

    Raises:
        InvalidCredit: nothing, or absurdly much, or no reason.
        InsufficientCredit: more would be taken than is there.
    """
    if not 0 < abs(amount_minor) <= MOST_MINOR or not reason.strip() or not User.objects.filter(pk=user_id).exists():
        raise InvalidCredit
    row = StoreCreditGrant(
        created_at=at, user_id=user_id, amount_minor=amount_minor, currency=currency, reason=reason.strip()[:150], actor=actor
    )
    kind = PostingKind.STORE_CREDIT_ISSUED if amount_minor > 0 else PostingKind.STORE_CREDIT_WITHDRAWN
    posting = postings.posting(
        kind, reference=row.pk, key=f"{kind}:{row.pk}", currency=currency, amounts={"amount": abs(amount_minor)}, owner=str(user_id)
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            ledger.post(posting=posting, at=at, memo=f"{row.reason} ({actor})"[:200])
    except IntegrityError as error:
        if FLOOR not in str(error):
            raise
        raise InsufficientCredit from error
    return row
