from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True)
class ColleagueInvited(Event):
    """A person was asked to buy for a company."""

    invitation_id: str
