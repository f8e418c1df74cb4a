"""Which files may be sold. Only name and first bytes are looked at; whether a file keeps its promise is for buyers to say."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from catalog.rules.texts import storable

LONGEST_NAME = 120
# What the first bytes of each kind are, as (offset, bytes); none for plain text, which is decoded instead.
_ZIP = ((0, b"PK\x03\x04"),)
_MP4 = ((4, b"ftyp"),)
_MP3 = ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2"))
_WEBP = ((8, b"WEBP"),)
KINDS: dict[str, tuple[tuple[int, bytes], ...]] = {
    "pdf": ((0, b"%PDF-"),),
    "epub": _ZIP,
    "zip": _ZIP,
    "docx": _ZIP,
    "xlsx": _ZIP,
    "pptx": _ZIP,
    "odt": _ZIP,
    "mp3": _MP3,
    "m4a": _MP4,
    "mp4": _MP4,
    "flac": ((0, b"fLaC"),),
    "ogg": ((0, b"OggS"),),
    "wav": ((8, b"WAVE"),),
    "png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "jpg": ((0, b"\xff\xd8\xff"),),
    "jpeg": ((0, b"\xff\xd8\xff"),),
    "webp": _WEBP,
    "otf": ((0, b"OTTO"),),
    "ttf": ((0, b"\x00\x01\x00\x00"),),
    "woff2": ((0, b"wOF2"),),
    "txt": (),
    "md": (),
    "csv": (),
}
HEAD = 4_096


def label_of(name: str) -> str:
    """A file's own name as a label: without folders, control characters and signs that turn the reading direction."""
    text = storable(name).replace("\\", "/").rsplit("/", 1)[-1]
    text = "".join(letter for letter in text if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}).strip(" .")
    stem, dot, ending = text.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) < 10 else text[:LONGEST_NAME]


def is_sellable_file(name: str, head: bytes) -> bool:
    """Whether a file of this name that begins with these bytes is of a kind we take, and no markup under another name."""
    kind = PurePosixPath(name).suffix.lower().removeprefix(".")
    if kind not in KINDS:
        return False
    if KINDS[kind]:
        return any(head[offset : offset + len(start)] == start for offset, start in KINDS[kind])
    return _is_text(head)


def _is_text(head: bytes) -> bool:
    """UTF-8 without control characters that does not begin like markup or a script."""
    try:
        # The last character may be cut in two.
        text = head.decode("utf-8-sig", "strict" if len(head) < HEAD else "ignore")
    except UnicodeDecodeError:
        return False
    if not text.strip() or text.lstrip().startswith(("<", "#!")):
        return False
    return all(letter.isprintable() or letter in "\t\r\n" or unicodedata.category(letter) in {"Cf", "Zs"} for letter in text)
