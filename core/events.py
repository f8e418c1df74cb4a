"""What happened in the machine room."""

from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True)
class InvariantsBroken(Event):
    """A check found rows that must never exist; `names` are the views, parted by spaces. Once per set of views."""

    check_id: str
    names: str
