"""What must always hold, as SQL views named `invariant_…` that each app's migrations create. All must be empty."""

import datetime as dt
import time
from decimal import Decimal

from django.db import connection, transaction

from core import outbox
from core.events import InvariantsBroken
from core.models import InvariantCheck
from core.postgresql.patience import patience

# Looking goes on every few minutes, or as seldom as keeps it below a twentieth of the database's time.
GAP_SECONDS, GAP_TIMES = 300, 20
KEPT_FOR = dt.timedelta(days=30)
_LOCK = 7_031_205_110
LIST = "SELECT viewname FROM pg_views WHERE schemaname = 'public' AND viewname LIKE 'invariant\\_%' ORDER BY viewname"


def names() -> list[str]:
    """All invariant views of the database."""
    with connection.cursor() as cursor:
        cursor.execute(LIST)
        return [name for (name,) in cursor.fetchall()]


def broken(views: list[str]) -> list[str]:
    """Which of these views are not empty, in one statement."""
    if not views:
        return []
    # Names come from the catalogue of the database itself and are quoted; they cannot be parameters.
    probes = [f"SELECT {index} WHERE EXISTS (SELECT FROM {connection.ops.quote_name(name)})" for index, name in enumerate(views)]  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(probes))
        return [views[index] for (index,) in cursor.fetchall()]


def violations(limit: int = 20) -> dict[str, list[dict[str, object]]]:
    """The first rows of every view that is not empty; an empty dict means that all is well."""
    found = {}
    with patience(), connection.cursor() as cursor:
        for name in names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)} LIMIT %s", [limit])  # noqa: S608
            columns = [column.name for column in cursor.description or ()]
            rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
            if rows:
                found[name] = rows
    return found


def last_check() -> InvariantCheck | None:
    """The newest look at all of them."""
    return InvariantCheck.objects.order_by("-created_at").first()


def check_if_due(*, at: dt.datetime) -> InvariantCheck | None:
    """Look at all of them and keep what was found, unless that was done lately or is being done. Tells once of each set of broken ones."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        before = last_check()
        if not cursor.fetchone()[0] or (before and at < _due_after(before)):
            return None
        began = time.monotonic()
        with patience():
            views = names()
            wrong = [name for name in views if broken([name])]
        check = InvariantCheck.objects.create(
            total=len(views), broken=wrong, seconds=Decimal(str(round(time.monotonic() - began, 1))), created_at=at
        )
        if wrong and (before is None or before.broken != wrong):
            outbox.publish(InvariantsBroken(str(check.pk), " ".join(wrong)))
        InvariantCheck.objects.filter(created_at__lt=at - KEPT_FOR).delete()
        return check


def _due_after(before: InvariantCheck) -> dt.datetime:
    return before.created_at + max(dt.timedelta(seconds=GAP_SECONDS), GAP_TIMES * dt.timedelta(seconds=float(before.seconds)))
