"""People who wait for sold-out variants hear when there are pieces again, however they came."""

import datetime as dt

from catalog.services import stock_alerts
from logistics import selectors


def wake_waiting(*, at: dt.datetime, limit: int = 200) -> int:
    """Sweep: tell those whose variant can be had, and forget addresses that were never confirmed; returns how many were told."""
    stock_alerts.forget_unconfirmed(at=at)
    return stock_alerts.wake_alerts(alert_ids=selectors.alerts_to_wake(limit), at=at)
