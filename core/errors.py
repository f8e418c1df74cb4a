"""The one kind of error that services raise on purpose. Each face maps it once: form error, problem+json, admin message."""

import datetime as dt
from typing import Any, ClassVar

from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal a person can read. Subclasses set `code` (stable, for machines) and `message` (translatable, with %(name)s)."""

    code: ClassVar[str] = "refused"
    message: ClassVar[Any] = "Refused."
    status: ClassVar[int] = 409

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.code)

    def __str__(self) -> str:
        text = str(self.message)
        return text % {name: _readable(value) for name, value in self.params.items()} if self.params else text


def _readable(value: Any) -> Any:
    """Days and moments as people of the active language write them."""
    if isinstance(value, dt.datetime):
        return formats.date_format(timezone.localtime(value) if timezone.is_aware(value) else value, "DATETIME_FORMAT")
    return formats.date_format(value, "DATE_FORMAT") if isinstance(value, dt.date) else value


class BodyTooLarge(DomainError):
    """More was sent to an address than it takes; nothing of it was read."""

    code = "body_too_large"
    message = _("This is too much to be sent at once: at most %(most)s MB are taken here.")
    status = 413


class BodyWithoutLength(DomainError):
    """A body in pieces, without saying how long it will be; nothing of it was read."""

    code = "length_required"
    message = _("What is sent must say how long it is (Content-Length).")
    status = 411


class InvalidPicture(DomainError):
    code = "picture_invalid"
    message = _("This file is not a picture we can use. JPEG, PNG, WebP, AVIF or GIF, at most 40 megapixels and 20 MB.")
    status = 422
