"""CPU seconds of a set of processes and SQL statements of a database, read before and after a load."""

from dataclasses import dataclass

import psutil
import psycopg2

STATEMENTS = """
SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
WHERE d.datname = current_database() AND query NOT ILIKE 'BEGIN%' AND query NOT ILIKE 'COMMIT%' AND query NOT ILIKE 'SAVEPOINT%'
  AND query NOT ILIKE 'RELEASE%' AND query NOT ILIKE 'ROLLBACK%' AND query NOT ILIKE 'SET %' AND query NOT ILIKE '%pg_stat_statements%'
  -- how the database checks foreign keys at COMMIT; nobody sends these
  AND query NOT LIKE 'SELECT % FROM ONLY %'
"""


@dataclass(frozen=True)
class Reading:
    cpu_seconds: float
    statements: int


class Meter:
    """Reads what the whole stack has used so far: the given processes with their children, and the database's statements."""

    def __init__(self, pids: list[int], database_url: str) -> None:
        self.pids = pids
        self.connection = psycopg2.connect(database_url)
        self.connection.autocommit = True
        self._gone: dict[int, float] = {}

    def read(self) -> Reading:
        with self.connection.cursor() as cursor:
            cursor.execute(STATEMENTS)
            row = cursor.fetchone()
        return Reading(sum(self._cpu(pid) for pid in self.pids), int(row[0]) if row else 0)

    def _cpu(self, pid: int) -> float:
        """CPU of a process and its living and reaped children."""
        root = psutil.Process(pid)
        times = root.cpu_times()
        total = times.user + times.system + times.children_user + times.children_system
        for child in root.children(recursive=True):
            own = child.cpu_times()
            total += own.user + own.system + own.children_user + own.children_system
        return total
