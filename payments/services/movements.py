"""Our rows behind a provider's movements: how they are found, asked about once more, and counted."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from payments import gateways
from payments.gateways.base import GatewayError, NotAtProvider, Outcome, ProviderMovement, ProviderPayment, ProviderRefund, ProviderTransfer
from payments.matching import Ours
from payments.models import Movement, PaymentAttempt, Payout, ProviderFee, Refund
from payments.services import attempts, refunds, transfers
from payments.states import CAPTURED, PayoutStatus, RefundStatus

Seen = ProviderPayment | ProviderRefund | ProviderTransfer


@dataclass(frozen=True)
class Books:
    """Where our rows of one kind of movement are. `refresh` settles a row that the provider has settled, `fetch` only looks."""

    movement: Movement
    rows: Callable[[str], QuerySet[Any]]
    settled: Collection[str]
    refresh: Callable[[uuid.UUID, dt.datetime], object]
    fetch: Callable[[Any], Seen]

    def find(self, gateway: str, theirs: Iterable[ProviderMovement]) -> dict[str, Any]:
        """Our rows of these movements, by our number and by the provider's."""
        wanted = list(theirs)
        keys = [key for movement in wanted if (key := _uuid(movement.reference))]
        named = Q(pk__in=keys) | Q(provider_id__in=[movement.provider_id for movement in wanted if movement.provider_id])
        found = list(self.rows(gateway).filter(named))
        return {row.provider_id: row for row in found if row.provider_id} | {str(row.pk): row for row in found}

    def settled_in(self, gateway: str, since: dt.datetime, until: dt.datetime) -> Iterator[Any]:
        """Our rows that were settled in [since, until)."""
        rows = self.rows(gateway).filter(status__in=self.settled, settled_at__gte=since, settled_at__lt=until)
        yield from rows.order_by("settled_at", "pk").iterator(500)

    def again(self, gateway: str, row: Any, at: dt.datetime) -> Any:
        """The row after it was brought to what the provider has."""
        self.refresh(row.pk, at)
        return self.rows(gateway).get(pk=row.pk)

    def is_there(self, row: Any) -> bool:
        """Whether the provider, asked about this one row, has it as we do; one that does not answer leaves it open.

        Raises:
            GatewayError: the provider could not be asked.
        """
        try:
            seen = self.fetch(row)
        except NotAtProvider:
            return False
        return seen.status is Outcome.SUCCEEDED and (seen.amount_minor, seen.currency) == (row.amount_minor, row.currency)

    def ours(self, row: Any) -> Ours:
        return Ours(
            movement=str(self.movement),
            number=str(row.pk),
            provider_id=row.provider_id,
            amount_minor=row.amount_minor,
            currency=row.currency,
            status=str(row.status),
            settled_at=row.settled_at if row.status in self.settled else None,
        )


def ours_of_fee(row: ProviderFee) -> Ours:
    return Ours(str(Movement.FEE), str(row.pk), row.provider_id, row.amount_minor, row.currency, "booked", row.charged_at)


BOOKS: dict[Movement, Books] = {
    Movement.PAYMENT: Books(
        movement=Movement.PAYMENT,
        rows=lambda gateway: PaymentAttempt.objects.filter(gateway=gateway),
        settled=CAPTURED,
        refresh=lambda key, at: attempts.refresh_attempt(attempt_id=key, at=at),
        fetch=lambda row: gateways.gateway(row.gateway).fetch(row),
    ),
    Movement.REFUND: Books(
        movement=Movement.REFUND,
        rows=lambda gateway: Refund.objects.filter(attempt__gateway=gateway).select_related("attempt"),
        settled=(RefundStatus.SUCCEEDED,),
        refresh=lambda key, at: refunds.refresh_refund(refund_id=key, at=at),
        fetch=lambda row: gateways.gateway(row.attempt.gateway).fetch_refund(row),
    ),
    Movement.TRANSFER: Books(
        movement=Movement.TRANSFER,
        rows=lambda gateway: Payout.objects.filter(gateway=gateway),
        settled=(PayoutStatus.PAID,),
        refresh=lambda key, at: transfers.refresh_payout(payout_id=key, at=at),
        fetch=lambda row: gateways.transfer_gateway(row.gateway).fetch_transfer(row),
    ),
}
__all__ = ["BOOKS", "Books", "GatewayError", "ours_of_fee"]


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
