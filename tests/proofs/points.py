"""Every point of a piece of work at which another could come in between or the process could die."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from django.db import DEFAULT_DB_ALIAS, connections

from payments import gateways

PROVIDER_CALLS = ("create", "fetch", "cancel", "refund", "fetch_refund", "transfer", "fetch_transfer")


class Points:
    """Numbers the points of the work of one thread and calls `visit(number, what)` at each.

    A point lies before every SQL statement and every COMMIT, and with `after` also behind it; calls of a provider are points on both
    sides where `providers` are given.
    """

    def __init__(self, visit: Callable[[int, str], None], *, after: bool = False) -> None:
        self.visit, self.after, self.count = visit, after, 0

    def reach(self, what: str) -> None:
        self.count += 1
        self.visit(self.count, what)

    def around(self, what: str, call: Callable[[], Any]) -> Any:
        self.reach(f"before {what}")
        result = call()
        if self.after:
            self.reach(f"after {what}")
        return result

    def _statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        return self.around(" ".join(sql.split())[:100], lambda: execute(sql, params, many, context))

    @contextmanager
    def watching(self, *providers: str) -> Iterator[Points]:
        """Count in this thread; `providers` are the codes of gateways whose calls are points too (in all threads)."""
        database: Any = connections[DEFAULT_DB_ALIAS]
        commit = database._commit
        with ExitStack() as stack:
            stack.enter_context(database.execute_wrapper(self._statement))
            stack.enter_context(mock.patch.object(database, "_commit", lambda: self.around("COMMIT", commit)))
            for code in providers:
                self._watch_provider(gateways.gateway(code), stack)
                self._watch_provider(gateways.transfer_gateway(code), stack)
            yield self

    def _watch_provider(self, provider: Any, stack: ExitStack) -> None:
        for name in PROVIDER_CALLS:
            if call := getattr(provider, name, None):
                watched = lambda *given, call=call, name=name: self._provider_call(name, call, *given)  # noqa: E731
                stack.enter_context(mock.patch.object(provider, name, watched))

    def _provider_call(self, name: str, call: Callable[..., Any], *given: Any) -> Any:
        self.reach(f"before the provider's {name}")
        result = call(*given)
        self.reach(f"after the provider's {name}")
        return result
