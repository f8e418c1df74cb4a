from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True)
class PictureAdded(Event):
    """A picture was stored and has no renditions yet."""

    picture_id: str
