"""Mails to both sides for each step of a price request."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.utils import timezone

from core.outbox import handles
from merchants.models import Membership
from orders.events import QuoteMoved
from orders.models import Quote
from orders.states import QuoteStatus
from support import quote_notices as notices
from support.content import Notice, Reader
from support.selectors import readers_at
from support.services import notify

TOLD_OF_QUOTES = (Membership.Role.OWNER, Membership.Role.CATALOGUE)
TO_SHOPPER = {QuoteStatus.OFFERED: notices.offered, QuoteStatus.REFUSED: notices.refused, QuoteStatus.EXPIRED: notices.expired}
TO_MERCHANT: dict[QuoteStatus, Callable[[Quote], Notice]] = {
    QuoteStatus.REQUESTED: notices.merchant_requested,
    QuoteStatus.ACCEPTED: notices.merchant_accepted,
}


@handles(QuoteMoved)
def mail_quote_moved(event: QuoteMoved) -> None:
    quote: Quote = Quote.objects.select_related("variant__product", "merchant", "user").get(pk=event.quote_id)
    status, occasion = QuoteStatus(event.to_status), uuid.UUID(event.occasion)
    # What was overtaken by a later step is told by that.
    if quote.status != status:
        return
    if status in TO_SHOPPER:
        reader = Reader(quote.user.email, quote.user.language)
        notify(subject_id=occasion, reader=reader, write=lambda: TO_SHOPPER[status](quote), at=timezone.now())
    if status in TO_MERCHANT:
        for reader in readers_at(quote.merchant, TOLD_OF_QUOTES):
            notify(subject_id=occasion, reader=reader, write=lambda: TO_MERCHANT[status](quote), at=timezone.now())
