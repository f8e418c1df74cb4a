from __future__ import annotations

import datetime as dt
from typing import Any

from core.ids import uuid7
from support.models import Mail

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def make_mail(**overrides: Any) -> Mail:
    fields = {
        "key": f"test:{uuid7()}",
        "kind": "order_paid",
        "to": "li.na@example.com",
        "language": "en",
        "subject": "Your payment arrived",
        "text": "Thank you.",
        "html": "<p>Thank you.</p>",
        "next_try_at": NOW,
        **overrides,
    }
    return Mail.objects.create(**fields)
