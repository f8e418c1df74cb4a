"""Where uploaded files lie: under a name of our own, outside of everything the web server serves."""

from __future__ import annotations

import hashlib
import shutil
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from catalog.imports.errors import FileTooLarge
from catalog.models import ProductImport


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that was written down."""

    path: Path
    size: int
    digest: str


def folder(import_id: uuid.UUID) -> Path:
    return Path(settings.PRIVATE_ROOT) / "imports" / str(import_id)


def source_path(row: ProductImport) -> Path:
    """The file as it was uploaded."""
    return folder(row.pk) / "source"


def rows_path(row: ProductImport) -> Path:
    """Our copy of its rows."""
    return folder(row.pk) / "rows"


def store(import_id: uuid.UUID, pieces: Iterable[bytes], *, most: int | None) -> Stored:
    """Write an upload down piece by piece.

    Args:
        most: the largest size in bytes; None is without limit.

    Raises:
        FileTooLarge: it goes on behind `most`; nothing of it is kept.
    """
    path = folder(import_id) / "source"
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for piece in pieces:
            size += len(piece)
            if most is not None and size > most:
                break
            digest.update(piece)
            file.write(piece)
    if most is not None and size > most:
        remove(import_id)
        raise FileTooLarge(most=most // 1_000_000)
    return Stored(path, size, digest.hexdigest())


def remove(import_id: uuid.UUID) -> None:
    """Forget everything of an import's files; there may be none."""
    shutil.rmtree(folder(import_id), ignore_errors=True)
