"""The one family papers are set in. Its digits are all of one width, so right-aligned amounts stand under each other."""

from __future__ import annotations

import functools
from pathlib import Path
from unicodedata import category, combining, normalize

from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).parent / "fonts"
REGULAR, BOLD = "NotoSansSC-Regular", "NotoSansSC-Bold"
# Spaces of kinds the font does not have, as number formats use them.
SPACES = {0x202F: " ", 0x2009: " ", 0x2007: " ", 0x00A0: " ", 0x3000: " ", 0x09: " "}

# Letters with strokes through them, which do not come apart into a letter and an accent.
LETTERS = dict(zip("ŁłĐđŦŧĦħŊŋ", "LlDdTtHhNn", strict=True))
UNKNOWN = "□"


@functools.lru_cache(maxsize=2)
def loaded(name: str) -> TTFont:
    """A font of the family, read from disk once per process."""
    font = TTFont(name, FOLDER / f"{name}.ttf")
    registerFont(font)
    return font


def face(text: str, *, bold: bool = False) -> str:
    """The font's name to draw `text` in. Bold has the frequent characters only; a text with a rarer one stays regular."""
    wanted = loaded(BOLD if bold else REGULAR)
    if bold and all(ord(letter) in wanted.face.charToGlyph for letter in text):
        return BOLD
    loaded(REGULAR)
    return REGULAR


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide one line of text is, in points."""
    return float(stringWidth(text, face(text, bold=bold), size))


def printable(text: str) -> str:
    """The text as it can be drawn: control characters go, odd spaces become plain, line ends stay, rare accents fall off."""
    plain = str(text).replace("\r\n", "\n").translate(SPACES)
    return "".join(_drawn(letter) for letter in plain)


def _drawn(letter: str) -> str:
    known = loaded(REGULAR).face.charToGlyph
    if letter == "\n" or ord(letter) in known:
        return letter
    if category(letter) in {"Cc", "Cf", "Cs", "Co"}:
        return ""
    base = LETTERS.get(letter) or "".join(part for part in normalize("NFKD", letter) if ord(part) in known and not combining(part))
    return base or UNKNOWN
