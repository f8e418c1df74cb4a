import time
from typing import Any

from django.db.backends.postgresql import base

from core.postgresql.statements import PreparingCursor, Shelf

SURE_SECONDS = 0.5


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks a kept connection whether it lives at most twice a second, not once in every request.

    A server that went away and came back between two looks costs one request of that connection its answer (503), never a write.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._sure_until = 0.0
        self.shelf = Shelf()

    def make_cursor(self, cursor: Any) -> PreparingCursor:
        return PreparingCursor(cursor, self)

    def connect(self) -> None:
        self.shelf = Shelf(is_shared=self.shelf.is_shared)
        super().connect()

    def close_if_health_check_failed(self) -> None:
        if self.health_check_done:  # type: ignore[has-type]
            return
        if time.monotonic() < self._sure_until:
            self.health_check_done = True  # for this request; a look in the middle of it could fall into a transaction
            return
        super().close_if_health_check_failed()
        self._sure_until = time.monotonic() + SURE_SECONDS

    def close(self) -> None:
        super().close()
        self._sure_until = 0.0
