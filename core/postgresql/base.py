import time
import uuid
from typing import Any

from django.db.backends.postgresql import base

from core.postgresql.statements import PreparingCursor, Shelf
from core.postgresql.tenancy import lay_down_role, take_role

SURE_SECONDS = 0.5


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks a kept connection whether it lives at most twice a second, not once in every request.

    A server that went away and came back between two looks costs one request of that connection its answer (503), never a write.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._sure_until = 0.0
        self.shelf = Shelf()
        self.tenant: uuid.UUID | None = None

    def make_cursor(self, cursor: Any) -> PreparingCursor:
        return PreparingCursor(cursor, self)

    def connect(self) -> None:
        self.shelf = Shelf(is_shared=self.shelf.is_shared)
        super().connect()
        if self.tenant:
            take_role(self.connection, self.tenant)

    def restrict(self, merchant_id: uuid.UUID) -> None:
        """Show rows of this merchant only, also after a reconnection, until `lift`."""
        self.ensure_connection()
        take_role(self.connection, merchant_id)
        self.tenant = merchant_id

    def lift(self) -> None:
        if self.tenant is None:
            return
        self.tenant = None
        if self.connection is not None and not lay_down_role(self.connection):
            self.close()  # never kept with a role that is not its own

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
