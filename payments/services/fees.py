"""What providers keep for themselves, booked from their own lists as the days are compared."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from payments import postings
from payments.gateways.base import ProviderMovement
from payments.models import ProviderFee
from payments.services import ledger


def book_fees(*, gateway: str, movements: Sequence[ProviderMovement], at: dt.datetime) -> dict[str, ProviderFee]:
    """Book the fees of a provider's list that are not booked yet; returns all of them by the provider's number.

    Each is one transaction with its posting, so a list that is read again, or by two workers at once, books nothing twice.
    """
    numbers = [movement.provider_id for movement in movements]
    known = {row.provider_id: row for row in ProviderFee.objects.filter(gateway=gateway, provider_id__in=numbers)}
    return {movement.provider_id: known.get(movement.provider_id) or _book(gateway, movement, at) for movement in movements}


@transaction.atomic
def _book(gateway: str, movement: ProviderMovement, at: dt.datetime) -> ProviderFee:
    row, is_new = ProviderFee.objects.get_or_create(
        gateway=gateway,
        provider_id=movement.provider_id,
        defaults={
            "created_at": at,
            "amount_minor": movement.amount_minor,
            "currency": movement.currency,
            "charged_at": movement.at,
        },
    )
    if is_new:
        ledger.post(posting=postings.provider_fee(row), at=at)
    return row
