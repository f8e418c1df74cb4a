from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import User
from payments.gift_codes import hashes_of, normal
from payments.models import GiftCard
from payments.services import gift_cards, store_credit


def give_credit(user: User, amount_minor: int = 5_000, currency: str = "USD") -> None:
    """Store credit from the operator."""
    store_credit.grant(
        user_id=user.pk, amount_minor=amount_minor, currency=currency, reason="goodwill", actor="operator:test", at=timezone.now()
    )


def make_card(value_minor: int = 5_000, **overrides: Any) -> tuple[GiftCard, str]:
    """A gift card of the operator and its code."""
    fields: dict[str, Any] = {"currency": "USD", "expires_at": None, "name": "Spring", "quantity": 1, **overrides}
    _batch, (code,) = gift_cards.issue_batch(value_minor=value_minor, actor="operator:test", at=timezone.now(), **fields)
    return GiftCard.objects.get(code_hash=hashes_of(normal(code))[0]), code


def expired_card() -> tuple[GiftCard, str]:
    return make_card(expires_at=timezone.now() - dt.timedelta(minutes=1))
