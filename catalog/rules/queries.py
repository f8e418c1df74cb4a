"""What a person typed, as a question to the index: groups of words that are all needed, each with what may stand in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from catalog.rules.tokens import HEAD, JOINED, LONGEST_JOINED, MAX_WORD, chinese_words, latin_word, naming_part, pieces, runs

MAX_QUERY_CHARACTERS = 200
MAX_QUERY_WORDS = 16
LONGEST_PHRASE = 4
# Asked for or not, they say nothing of the goods. A query of nothing else keeps them.
STOP_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "the",
        "for",
        "with",
        "of",
        "in",
        "on",
        "to",
        "or",
        "from",
        "by",
        "is",
        "are",
        "my",
        "de",
        "da",
        "do",
        "的",
        "和",
        "与",
        "及",
        "或",
        "用",
        "款",
        "个",
    ]
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query. `text` is folded and, where Latin, without its plural ending."""

    text: str
    is_chinese: bool


Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Words of the query that belong together, and phrases that mean the same."""

    words: tuple[Word, ...]
    others: tuple[tuple[Word, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A query understood. Every group is needed for a strict match, any for a loose one; group `naming` says what the thing is."""

    groups: tuple[Group, ...]
    naming: int = -1

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for group in self.groups for word in group.words)

    def strict(self, *, is_prefix: bool = False) -> str:
        """A tsquery that asks for every group; with `is_prefix` the last word, if Latin, may be the beginning of a longer one."""
        asked = [_asked(group, self._beside(index)) for index, group in enumerate(self.groups)]
        if is_prefix and self.ends_open:
            asked[-1] = f"({asked[-1]} | {_quoted(self.words[-1].text)}:*)"
        return " & ".join(asked)

    def loose(self) -> str:
        """A tsquery that asks for any group."""
        return " | ".join(_asked(group, self._beside(index)) for index, group in enumerate(self.groups))

    def head(self) -> str:
        """A tsquery for things that are what the query says, not only about it; empty without words."""
        phrases = [self.groups[self.naming].words, *self.groups[self.naming].others] if self.groups else []
        return " | ".join(dict.fromkeys(_quoted(HEAD + phrase[-1].text) for phrase in phrases))

    @property
    def ends_open(self) -> bool:
        return bool(self.groups) and not self.groups[-1].words[-1].is_chinese

    def _beside(self, index: int) -> tuple[str, str]:
        """The Latin words just before and after a group of one, which may be written as one word with it."""
        before = self.groups[index - 1].words[-1] if index else None
        after = self.groups[index + 1].words[0] if index + 1 < len(self.groups) else None
        return _latin(before), _latin(after)


def _latin(word: Word | None) -> str:
    return word.text if word is not None and not word.is_chinese else ""


def words_of(text: str) -> tuple[Word, ...]:
    """The words of what a person typed, each once; long input is cut."""
    found: dict[Word, None] = {}
    for run, is_cjk in runs(text[:MAX_QUERY_CHARACTERS]):
        if is_cjk:
            found |= dict.fromkeys(Word(word[:MAX_WORD], True) for word in _chinese(run))
        else:
            found[Word(latin_word(run), False)] = None
    telling = [word for word in found if word.text not in STOP_WORDS]
    return tuple((telling or list(found))[:MAX_QUERY_WORDS])


def _chinese(run: str) -> list[str]:
    """Words of a Chinese run; characters that are no word with their neighbours are asked for in pairs, as they stand."""
    found: list[str] = []
    loose = ""
    for word in [*chinese_words(run), ""]:
        if len(word) == 1:
            loose += word
            continue
        if loose:
            found += [loose[index : index + 2] for index in range(len(loose) - 1)] or [loose]
        loose = ""
        found += [word] if word else []
    return found


def question_of(text: str, synonyms: Mapping[Phrase, Sequence[Phrase]] | None = None) -> Question:
    """The query with what may stand in the place of its words; `synonyms` maps a phrase, as words, to phrases that mean the same."""
    groups = _grouped(words_of(text), synonyms or {})
    names = [word for word in words_of(naming_part(text)) if not word.text.isdigit()]
    naming = next((index for index, group in enumerate(groups) if names and names[-1] in group.words), len(groups) - 1)
    return Question(tuple(groups), naming)


def _grouped(words: Sequence[Word], synonyms: Mapping[Phrase, Sequence[Phrase]]) -> list[Group]:
    """The longest phrases that have synonyms stay together."""
    groups: list[Group] = []
    start = 0
    while start < len(words):
        for length in range(min(LONGEST_PHRASE, len(words) - start), 0, -1):
            part = tuple(words[start : start + length])
            others = synonyms.get(tuple(word.text for word in part), ())
            if others or length == 1:
                groups.append(Group(part, tuple(_as_words(phrase) for phrase in others)))
                start += length
                break
    return groups


def phrase_of(text: str) -> Phrase:
    """A synonym as an operator writes it, as the words a query would have."""
    return tuple(word.text for word in words_of(text))


def _as_words(phrase: Phrase) -> tuple[Word, ...]:
    return tuple(Word(text, is_cjk) for part in phrase for text, is_cjk in [(part, any(flag for _, flag in runs(part)))])


def replaced(question: Question, other: Mapping[Word, Iterable[tuple[Word, ...]]]) -> Question:
    """The question with unknown words put right; each goes to the phrases it may have meant, all of them allowed."""
    groups = []
    for group in question.groups:
        meant = [phrase for word in group.words for phrase in other.get(word, ())]
        groups.append(replace(group, words=meant[0], others=tuple(meant[1:])) if meant else group)
    return replace(question, groups=tuple(groups))


def _asked(group: Group, beside: tuple[str, str]) -> str:
    own = _all(group.words)
    joins = _joins(group.words[0].text, beside) if len(group.words) == 1 and not group.words[0].is_chinese else []
    return _any([own, *joins, *(_all(phrase) for phrase in group.others)])


def _joins(word: str, beside: tuple[str, str]) -> list[str]:
    """The word as one with a neighbour of the query, and as two neighbours of the document."""
    before, after = beside
    joined = [before + word] if before else []
    joined += [word + after] if after else []
    return [*(_quoted(one) for one in joined if len(one) <= LONGEST_JOINED), _quoted(JOINED + word)]


def _all(words: Sequence[Word]) -> str:
    asked = [_of_word(word) for word in words]
    return asked[0] if len(asked) == 1 else f"({' & '.join(asked)})"


def _of_word(word: Word) -> str:
    """Long Chinese words and mixed Latin ones are there whole or in pieces, however the document was written."""
    text = word.text
    if not word.is_chinese:
        return _any([_quoted(text), _conjunction(pieces(text))]) if len(pieces(text)) > 1 else _quoted(text)
    if len(text) <= 2:
        return _quoted(text)
    return _any([_quoted(text), _conjunction([text[index : index + 2] for index in range(len(text) - 1)])])


def _conjunction(tokens: Iterable[str]) -> str:
    return f"({' & '.join(_quoted(token) for token in tokens)})"


def _any(asked: Sequence[str]) -> str:
    different = list(dict.fromkeys(asked))
    return different[0] if len(different) == 1 else f"({' | '.join(different)})"


def _quoted(token: str) -> str:
    """Tokens hold letters and digits only, and a sign in front of heads and joins."""
    return f"'{token}'"
