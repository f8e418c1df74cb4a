from dataclasses import dataclass

from core.outbox import Event


@dataclass(frozen=True)
class PictureAdded(Event):
    """A picture was stored and has no renditions yet."""

    picture_id: str


@dataclass(frozen=True)
class ReviewPhotosChanged(Event):
    """Photos of a review came, went, or are shown or hidden from now on; their renditions have to follow."""

    photo_ids: list[str]


@dataclass(frozen=True)
class ReviewReplied(Event):
    """The shop has answered a review for the first time."""

    review_id: str


@dataclass(frozen=True)
class ModerationDecided(Event):
    """The marketplace has hidden something a member wrote, or shows it from now on. `occasion` names the decision."""

    item_id: str
    status: str
    occasion: str


@dataclass(frozen=True)
class QuestionAnswered(Event):
    """An answer to a question is shown from now on."""

    question_id: str
    answer_id: str
