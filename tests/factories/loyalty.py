from __future__ import annotations

import datetime as dt
import uuid

from accounts.models import User
from core.ids import uuid7
from loyalty import services
from loyalty.models import PointsLot
from tests.factories.accounts import make_user

# The clock of the database judges what is overdue (invariant views), so tests live today.
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)


def make_lot(points: int = 100, *, user: User | None = None, reference: uuid.UUID | None = None, at: dt.datetime = NOW) -> PointsLot:
    """Points earned at that moment; they expire a year later."""
    user = user or make_user()
    lot = services.earn(user_id=user.pk, points=points, reference=reference or uuid7(), rule="purchase", at=at)
    assert lot is not None
    return lot
