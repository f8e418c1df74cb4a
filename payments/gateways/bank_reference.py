"""Payment references for bank transfers: RF creditor references (ISO 11649), which many banks check while they are typed.

"RF", two check digits (ISO 7064 MOD 97-10: any wrong digit and any two that were swapped are seen), then ten random digits.
"""

import re
import secrets
import unicodedata

DIGITS = 10
_REFERENCE = re.compile(rf"(?=(RF\d{{{DIGITS + 2}}}))", re.ASCII)
_MISREAD = str.maketrans("OIL", "011")
_RF = 2715  # R and F as the standard numbers letters: A = 10 to Z = 35


def new_reference() -> str:
    """A random reference with its check digits, such as RF18 5390 0754 70 without the spaces."""
    body = secrets.randbelow(10**DIGITS)
    return f"RF{98 - _remainder(body, 0):02d}{body:0{DIGITS}d}"


def references_in(text: str) -> list[str]:
    """The valid references in a line's text, each once, however they were spaced, punctuated or capitalised."""
    compact = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).upper())).translate(_MISREAD)
    return list(dict.fromkeys(found for found in _REFERENCE.findall(compact) if _remainder(int(found[4:]), int(found[2:4])) == 1))


def in_groups(reference: str) -> str:
    """As people read it out and type it: groups of four."""
    return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def _remainder(body: int, check: int) -> int:
    return ((body * 10_000 + _RF) * 100 + check) % 97
