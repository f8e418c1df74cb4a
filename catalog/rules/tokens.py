"""Words to search by. One tokeniser for documents and queries, because PostgreSQL takes a run of Chinese characters for one word.

A document carries, besides its words, tokens that begin with "=": the heads, which say what the thing is and not only what it is about.
A phone case has the word "phone", but only a phone has the head "=phone". Tokens that begin with "+" are two neighbours as one word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

import opencc
import rjieba

MAX_WORD = 40
MAX_POSITION = 16_383
MAX_POSITIONS_OF_A_WORD = 255
LONGEST_JOINED = 24
A_NAME = 40
HEAD, JOINED = "=", "+"
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUNS = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+")
_IS_CJK = re.compile(rf"[{_CJK}]")
# Where Unicode has marks that combine with a letter, beside letters; a text without any of these has none.
_MAYBE_MARKED = re.compile(
    r"[\u0300-\u036f\u0483-\u1dff\u20d0-\u20ff\u2cef-\u302f\u3099\u309a\ua66f-\uabed\ufb1e-\ufe2f\U00010000-\U0010ffff]"
)
_TAGS = re.compile(r"<[^>]*>")
_POSSESSIVE = re.compile(r"['\u2019]s\b")
_PIECES = re.compile(r"\d+|[^\W\d_]+")
# What follows says for what or with what, not what it is: "case with strap", "lamp for desks", "lamp, white".
_AFTER_HEAD = re.compile(r"\b(?:with|for|in|of|by|from|to)\b|[,;:(|/\u2013\u2014]|\s-\s")
_simplified = opencc.OpenCC("t2s").convert


@lru_cache(maxsize=64)  # a title is looked at for its words and for its heads
def fold(text: str) -> str:
    """Text without case, accents, full-width and traditional forms: "Ｃａｆé" and "CAFE" are both "cafe", "藍牙" is "蓝牙"."""
    if text.isascii():
        return text.lower()
    wide = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(sign for sign in wide if not unicodedata.combining(sign)) if _MAYBE_MARKED.search(wide) else wide
    # Half a character, which a form can hold and UTF-8 cannot, is no letter.
    return _simplified(plain.encode("utf-8", "ignore").decode()) if _IS_CJK.search(plain) else plain


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
    for match in _RUNS.finditer(_POSSESSIVE.sub("", fold(text))):
        run = match.group()
        yield run, is_chinese(run)


def is_chinese(word: str) -> bool:
    """Whether a word is written without spaces around it (Chinese, Japanese, Korean)."""
    return word[:1] > "\u303f" and bool(_IS_CJK.match(word))


@lru_cache(maxsize=4_096)
def latin_word(run: str) -> str:
    """A Latin run as it is stored and asked for."""
    return singular(run)[:MAX_WORD]


@lru_cache(maxsize=4_096)
def pieces(word: str) -> tuple[str, ...]:
    """The letters and the digits of a word that mixes both: "128gb" is "128" and "gb"; of any other word only itself."""
    found = tuple(_PIECES.findall(word))
    return found if len(found) > 1 else (word,)


def chinese_words(run: str) -> list[str]:
    """The words of a Chinese run, in order and without overlap."""
    return list(rjieba.cut(run))


def document_tokens(text: str) -> tuple[tuple[str, int], ...]:
    """Every token a document can be found by, with how far each lies from the text's beginning, in words and characters.

    Latin: the word, its pieces and its join with the next word, so that "sun glasses" is found as "sunglasses". Chinese: each
    character, each pair of neighbours and each longer word.
    """
    return _tokens_of_name(text) if len(text) <= A_NAME else _tokens(text)


def _tokens(text: str) -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    place, last = 0, ""
    for run, is_cjk in runs(_TAGS.sub(" ", text)):
        if is_cjk:
            found += [(token, place + offset) for token, offset in _chinese_tokens(run)]
            place, last = place + len(run), ""
            continue
        word = latin_word(run)
        found.append((word, place))
        if not word.isalpha():
            found += [(part, place) for part in dict.fromkeys(pieces(word)) if part != word]
        if last and len(last) + len(word) <= LONGEST_JOINED and not (last.isdigit() and word.isdigit()):
            found.append((JOINED + last + word, place - 1))
        place, last = place + 1, run
    return tuple(found)


# Names of brands, categories and values come again with every product of a batch; descriptions never do.
_tokens_of_name = lru_cache(maxsize=2_048)(_tokens)


@lru_cache(maxsize=2_048)  # goods of one shop say much in the same words
def _chinese_tokens(run: str) -> tuple[tuple[str, int], ...]:
    found = []
    for index, character in enumerate(run):
        found.append((character, index))
        if pair := run[index : index + 2][1:]:
            found.append((character + pair, index))
    start = 0
    for word in chinese_words(run):
        if 3 <= len(word) <= MAX_WORD:
            found.append((word, start))
        start += len(word)
    return tuple(found)


def naming_part(text: str) -> str:
    """What stands before "with", "for" or a comma, if anything does."""
    folded = fold(text)
    return _AFTER_HEAD.split(folded, maxsplit=1)[0].strip() or folded


@lru_cache(maxsize=512)
def heads(text: str) -> tuple[str, ...]:
    """What a name says the thing is: the last words of each Chinese run, the last word of a Latin name before "with", "for" or a comma.

    In a name of both, such as "iPhone 充电器", the Chinese words say it.
    """
    chinese = [HEAD + word for run, is_cjk in runs(text) if is_cjk for word in _endings(run)]
    latin = [latin_word(run) for run, is_cjk in runs(naming_part(text)) if not is_cjk and not run.isdigit()]
    return tuple(dict.fromkeys(chinese or [HEAD + word for word in latin[-1:]]))


@lru_cache(maxsize=2_048)
def _endings(run: str) -> list[str]:
    """The words a Chinese run ends in: "智能手机" ends in 智能手机 and in 手机, a word of three such as 饮用水 in its last, too."""
    last = chinese_words(run)[-1]
    words = {word for word in rjieba.cut_for_search(run) if run.endswith(word)} | {last, last[-1:] if len(last) > 2 else last}
    return sorted(word[:MAX_WORD] for word in words if word)


def tsvector(texts: Iterable[tuple[str, str]], names: Iterable[tuple[str, str]] = ()) -> str:
    """The text of a tsvector made of (weight, text) pairs, weight A to D, spelled as PostgreSQL would spell it back.

    `names` are (weight, text) pairs of names whose heads are kept, too.
    """
    places: dict[str, list[str]] = {}
    start = 1
    for weight, text in texts:
        suffix, end = "" if weight == "D" else weight, start
        for token, offset in document_tokens(text):
            if (place := start + offset) <= MAX_POSITION:
                places.setdefault(token, []).append(f"{place}{suffix}")
                end = max(end, place)
        start = end + 1
    for place, (weight, token) in enumerate([(weight, token) for weight, text in names for token in heads(text)], start=start):
        places.setdefault(token, []).append(f"{min(place, MAX_POSITION)}{weight}")
    return " ".join([f"'{token}':{','.join(places[token][:MAX_POSITIONS_OF_A_WORD])}" for token in sorted(places)])
