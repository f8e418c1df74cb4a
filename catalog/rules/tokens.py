"""Words to search by. One tokeniser for documents and queries, because PostgreSQL takes a run of Chinese characters for one word."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

MAX_QUERY_CHARACTERS = 200
MAX_QUERY_TOKENS = 16
MAX_WORD = 40
MAX_POSITION = 16_383
MAX_POSITIONS_OF_A_WORD = 255
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUNS = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_IS_CJK = re.compile(rf"[{_CJK}]")
_TAGS = re.compile(r"<[^>]*>")


def fold(text: str) -> str:
    """Text without case, accents and full-width forms: "Ｃａｆé" and "CAFE" are both "cafe"."""
    if text.isascii():
        return text.lower()
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(character for character in wide if not unicodedata.combining(character))


def singular(word: str) -> str:
    """An English plural without its ending, so that "watches" finds a watch; other words stay as they are."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    return word[:-1]


def runs(text: str) -> Iterator[tuple[str, bool]]:
    """Runs of letters and digits with a flag that says whether the run is written without spaces (Chinese, Japanese, Korean)."""
    for match in _RUNS.finditer(fold(text)):
        run = match.group()
        yield run, bool(_IS_CJK.match(run))


@lru_cache(maxsize=2_048)  # names of brands and categories come again with every product of a batch
def document_tokens(text: str) -> tuple[str, ...]:
    """Every token a document can be found by: words, and for Chinese each character and each pair of neighbours."""
    found = []
    for run, is_cjk in runs(_TAGS.sub(" ", text)):
        if not is_cjk:
            found.append(singular(run)[:MAX_WORD])
            continue
        for index, character in enumerate(run):
            found.append(character)
            if pair := run[index : index + 2][1:]:
                found.append(character + pair)
    return tuple(found)


def query_tokens(text: str) -> list[tuple[str, bool]]:
    """Tokens of what a person typed, each with a flag that says whether it may be the beginning of a longer word.

    Only the last Latin word may: the person may still be typing it. Long input is cut, control characters are dropped.
    """
    tokens: dict[str, bool] = {}
    prefix = ""
    for run, is_cjk in runs(text[:MAX_QUERY_CHARACTERS]):
        if is_cjk:
            tokens |= dict.fromkeys([run[index : index + 2] for index in range(len(run) - 1)] or [run], False)
            prefix = ""
        else:
            prefix = singular(run)[:MAX_WORD]
            tokens[prefix] = False
    if prefix:
        tokens[prefix] = True
    return list(tokens.items())[:MAX_QUERY_TOKENS]


def tsquery(tokens: Iterable[tuple[str, bool]], *, every: bool) -> str:
    """The text of a `simple` tsquery that asks for every token, or for any of them. Tokens hold letters and digits only."""
    return (" & " if every else " | ").join(f"'{token}'{':*' if is_prefix else ''}" for token, is_prefix in tokens)


def tsvector(texts: Iterable[tuple[str, str]]) -> str:
    """The text of a tsvector made of (weight, text) pairs, weight A to D, spelled as PostgreSQL would spell it back."""
    places: dict[str, list[str]] = {}
    position = 0
    for weight, text in texts:
        for token in document_tokens(text):
            position = min(position + 1, MAX_POSITION)
            of_word = places.setdefault(token, [])
            if len(of_word) < MAX_POSITIONS_OF_A_WORD:
                of_word.append(f"{position}{weight if weight != 'D' else ''}")
    return " ".join(f"'{token}':{','.join(places[token])}" for token in sorted(places, key=str.encode))
