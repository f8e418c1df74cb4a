from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True)
class PictureAdded(Event):
    """A picture was stored and has no renditions yet."""

    picture_id: str


@dataclass(frozen=True)
class PictureCopied(Event):
    """The operator found a picture of this product to be another merchant's; it is off the product, which is hidden."""

    suspicion_id: str
    product_id: str
    reason: str
