"""SQL that PostgreSQL parses and plans once per connection: for short statements that takes longer than running them."""

import itertools
import logging
import re
from dataclasses import dataclass, field
from typing import Any

from django.db import Error, OperationalError
from django.db.backends.utils import CursorWrapper
from psycopg2 import NotSupportedError, ProgrammingError

USES_BEFORE = 2
MOST_PER_CONNECTION = 250  # each keeps its plan in the memory of the server's process
UNKNOWN_NAME = "26000"  # invalid_sql_statement_name
RESULT_CHANGED = "0A000"  # feature_not_supported: a column has got another type since
_PLACE = re.compile(r"%%|%(?:\((\w+)\))?s(::\w+(?:\[\])?)?")
_numbers = itertools.count(1)
_known: dict[str, "Statement | None"] = {}
log = logging.getLogger(__name__)


class Prepared(str):
    """SQL with `%s` or `%(name)s` places that is asked for often with the same text: worth a prepared statement."""

    __slots__ = ()


@dataclass(frozen=True)
class Statement:
    """What prepares a statement and what runs it; its name is the same on all connections of this process."""

    prepare: str
    execute: str


@dataclass
class Shelf:
    """What one connection has asked for and prepared."""

    uses: dict[str, int] = field(default_factory=dict)
    ready: dict[str, Statement] = field(default_factory=dict)
    is_shared: bool = False  # behind a pooler that gives each transaction another connection


def statement(name: str, sql: str) -> Statement:
    """`… WHERE a = %s` as `PREPARE name AS … WHERE a = $1` and `EXECUTE name(%s)`. A cast stays with the value, which needs it too."""
    places: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%"
        key = found[1] or str(len(places))
        places.setdefault(key, found[0])
        return f"${list(places).index(key) + 1}{found[2] or ''}"

    return Statement(f"PREPARE {name} AS {_PLACE.sub(number, sql)}", f"EXECUTE {name}({', '.join(places.values())})")


class PreparingCursor(CursorWrapper):
    """A cursor that has `Prepared` SQL prepared once its connection has asked for it a few times.

    What cannot be prepared runs as it is. So does what a migration changed under it, and everything once a pooler turns out to share
    connections between transactions: that costs the one request that finds out its answer (503).
    """

    db: Any
    cursor: Any

    def _execute(self, sql: str, params: Any, *ignored: Any) -> Any:
        found = self._ready(sql) if type(sql) is Prepared and params else None
        if found is None:
            return super()._execute(sql, params, *ignored)  # type: ignore[misc]
        try:
            return super()._execute(found.execute, params, *ignored)  # type: ignore[misc]
        except Error as error:
            code = getattr(error.__cause__, "pgcode", None)
            if code == UNKNOWN_NAME:
                self.db.shelf.is_shared = True
                log.warning("prepared statements are not used on this connection: a pooler shares it")
            elif code == RESULT_CHANGED:
                del self.db.shelf.ready[sql]
                raise OperationalError(str(error)) from error
            raise

    def _ready(self, sql: str) -> Statement | None:
        shelf: Shelf = self.db.shelf
        found = shelf.ready.get(sql)
        if found is not None and not shelf.is_shared:
            return found
        uses = shelf.uses[sql] = shelf.uses.get(sql, 0) + 1
        if uses != USES_BEFORE + 1 or shelf.is_shared or len(shelf.ready) >= MOST_PER_CONNECTION:
            return None
        found = _known.setdefault(sql, statement(f"jishi_{next(_numbers)}", sql))
        if found is not None and self._prepare(sql, found):
            shelf.ready[sql] = found
            return found
        return None

    def _prepare(self, sql: str, found: Statement) -> bool:
        """PREPARE outlives the transaction whatever becomes of it; its failure must not end the transaction."""
        guarded = self.db.in_atomic_block
        with self.db.wrap_database_errors:
            if guarded:
                self.cursor.execute("SAVEPOINT jishi_prepare")
            try:
                self.cursor.execute(found.prepare)
            except (ProgrammingError, NotSupportedError) as error:
                if guarded:
                    self.cursor.execute("ROLLBACK TO SAVEPOINT jishi_prepare")
                _known[sql] = None
                log.warning("cannot be prepared: %s: %s", str(error).strip(), sql[:300])
            if guarded:
                self.cursor.execute("RELEASE SAVEPOINT jishi_prepare")
        return _known[sql] is not None
