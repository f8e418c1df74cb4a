"""What may be said of products without a person looking at it first, and how names are shown."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from catalog.rules.tokens import fold

# Whoever wants to draw buyers elsewhere writes an address, a number or the name of a messenger with an account.
_LINK = re.compile(r"https?:|www\.|\b[a-z0-9-]{2,}\.(?:com|cn|net|org|shop|top|xyz|cc|vip|io|me|info|site|link|store)\b")
_PHONE = re.compile(r"(?<!\d)\+?\d(?:[\s().·-]{0,2}\d){8,14}(?!\d)")
_ACCOUNT = re.compile(
    r"(?:微信|加微|威信|薇信|\bwechat|\bweixin|\bvx|\bqq|\btelegram|\bwhatsapp)[\s号:是=]{0,4}[a-z0-9_-]{5,}|[\w.+-]+@[\w-]+\.[a-z]{2,}"
)
_SIZES = {"size", "shoe size", "尺码", "尺寸", "码数", "鞋码"}
_BITS = 2**64 - 1
NEAR = 4  # of 64 bits
PLAIN = 8  # fewer than these differ from their neighbours in a picture of hardly anything, which looks like every other such


def hold_cause(text: str) -> str:
    """Why a text has to be checked before it is shown: `link`, `contact`, or nothing. Full-width disguises count as what they mean."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    if _ACCOUNT.search(plain) or _PHONE.search(plain):
        return "contact"
    return "link" if _LINK.search(plain) else ""


def has_sizes(options: Sequence[Mapping[str, Any]]) -> bool:
    """Whether one chooses a size of the product, so that its fit can be told."""
    return any(_SIZES & {fold(name) for name in _names(option)} for option in options)


def _names(option: Mapping[str, Any]) -> list[str]:
    return [option["name"], *(texts.get("name", "") for texts in (option.get("i18n") or {}).values())]


def masked(name: str) -> str:
    """What strangers see of a name: its ends, such as L***a; of a short one the beginning."""
    name = " ".join(name.split())
    return f"{name[:1]}***{name[-1:]}" if len(name) > 1 else f"{name}***"


def is_open(since: dt.datetime, days: int, at: dt.datetime) -> bool:
    """Whether no more than `days` have passed."""
    return at <= since + dt.timedelta(days=days)


def looks_like(fingerprint: int, other: int) -> bool:
    """Whether two pictures are the same to the eye: at most four of 64 bits differ. Plain ones look like nothing."""
    is_plain = not PLAIN <= (fingerprint & _BITS).bit_count() <= 64 - PLAIN
    return not is_plain and ((fingerprint ^ other) & _BITS).bit_count() <= NEAR


def language_of(text: str, fallback: str) -> str:
    """The language a text is written in, as far as its characters tell: Chinese, English, or that of the page it was written on."""
    han = sum("\u3400" <= character <= "\u9fff" for character in text)
    latin = sum(character.isascii() and character.isalpha() for character in text)
    if han and han * 3 >= latin:
        return "zh-hans"
    return "en" if latin else fallback
