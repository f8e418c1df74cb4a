"""What the provider knows, in a SQLite file. Committed means on the disk; a process killed later changes nothing about it."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Row = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, created INTEGER NOT NULL,
    parent TEXT NOT NULL, attempt_id TEXT NOT NULL, reference TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_created ON objects (kind, created);
CREATE INDEX IF NOT EXISTS objects_parent ON objects (parent, kind);
CREATE INDEX IF NOT EXISTS objects_attempt ON objects (attempt_id, kind);
CREATE INDEX IF NOT EXISTS objects_reference ON objects (reference, kind);
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS calls (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, method TEXT NOT NULL, path TEXT NOT NULL, key TEXT NOT NULL, faults TEXT NOT NULL,
    at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, body TEXT NOT NULL, secret TEXT NOT NULL, due REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, status INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (done, due);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
TABLES = ("objects", "answers", "calls", "deliveries", "settings", "sqlite_sequence")


class Store:
    """One connection for all threads, used under a lock; every change is inside `transaction()`."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def all(self, sql: str, values: tuple[Any, ...] = ()) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def run(self, sql: str, values: tuple[Any, ...] = ()) -> int:
        """One statement; returns the number of the row it inserted."""
        with self._lock:
            return int(self._db.execute(sql, values).lastrowid or 0)

    def forget(self) -> None:
        """Start as if nothing had ever happened."""
        with self.transaction():
            for table in TABLES:
                self._db.execute(f"DELETE FROM {table}")

    def add(self, prefix: str, kind: str, parent: str = "", **fields: Any) -> Row:
        """A new object of the provider, with an id like `pi_…`."""
        metadata: Mapping[str, str] = fields.get("metadata", {})
        row = {"id": f"{prefix}_{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "livemode": False, **fields}
        self.run(
            "INSERT INTO objects (id, kind, created, parent, attempt_id, reference, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                row["id"],
                kind,
                row["created"],
                parent,
                metadata.get("attempt_id", ""),
                metadata.get("reference", ""),
                json.dumps(row),
            ),
        )
        return row

    def save(self, row: Row, **changes: Any) -> Row:
        row |= changes
        self.run("UPDATE objects SET body = ? WHERE id = ?", (json.dumps(row), row["id"]))
        return row

    def get(self, identity: str, kind: str = "") -> Row | None:
        rows = self.all("SELECT body FROM objects WHERE id = ? AND (kind = ? OR ? = '')", (identity, kind, kind))
        return json.loads(rows[0]["body"]) if rows else None

    def find(self, kind: str, *, parent: str = "", attempt_id: str = "", reference: str = "") -> list[Row]:
        """Objects of a kind, oldest first; empty conditions do not count."""
        rows = self.all(
            "SELECT body FROM objects WHERE kind = ? AND (? = '' OR parent = ?) AND (? = '' OR attempt_id = ?) "
            "AND (? = '' OR reference = ?) ORDER BY seq",
            (kind, parent, parent, attempt_id, attempt_id, reference, reference),
        )
        return [json.loads(row["body"]) for row in rows]

    def page(self, kind: str, *, after: str, before: str, parent: str, created: tuple[int, int], limit: int) -> tuple[list[Row], bool]:
        """A page of objects, newest first, and whether there are more behind it."""
        low, high = created
        rows = self.all(
            "SELECT body FROM objects WHERE kind = ? AND (? = '' OR parent = ?) AND created BETWEEN ? AND ? "
            "AND (? = '' OR seq < (SELECT seq FROM objects WHERE id = ?)) AND (? = '' OR seq > (SELECT seq FROM objects WHERE id = ?)) "
            "ORDER BY seq DESC LIMIT ?",
            (kind, parent, parent, low, high, after, after, before, before, limit + 1),
        )
        return [json.loads(row["body"]) for row in rows[:limit]], len(rows) > limit

    def setting(self, name: str) -> Any:
        rows = self.all("SELECT value FROM settings WHERE name = ?", (name,))
        return json.loads(rows[0]["value"]) if rows else None

    def set(self, name: str, value: Any) -> None:
        with self.transaction():
            self.run("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", (name, json.dumps(value)))
