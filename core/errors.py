"""The one kind of error that services raise on purpose. Each face maps it once: form error, problem+json, admin message."""

from typing import Any, ClassVar


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
        return text % self.params if self.params else text
