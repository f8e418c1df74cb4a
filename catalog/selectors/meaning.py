"""What the words of a search mean: synonyms of the operator, and where no product has the words, what they were probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby, product

from catalog.models import Synonym, Term
from catalog.rules.pinyin import pinyin
from catalog.rules.queries import Group, Phrase, Question, Word, phrase_of, question_of
from catalog.rules.spelling import cut, deletions, parts_of, ranked, second_deletions
from core.remembered import forget, remembered

KEY = "synonyms"
SECONDS = 15.0
MOST_MEANINGS = 3
MOST_WORDS = 6
CANDIDATES = 60
MOST_INITIALS = 6


def understood(text: str) -> Question:
    """The question with the operator's synonyms; no statement but one every few seconds."""
    return question_of(text, remembered(KEY, SECONDS, _synonyms))


def forget_synonyms() -> None:
    forget(KEY)


def _synonyms() -> dict[Phrase, list[Phrase]]:
    """What may stand in the place of each phrase; a phrase may be in several rows."""
    found: dict[Phrase, dict[Phrase, None]] = {}
    for words in Synonym.objects.order_by("created_at").values_list("words", flat=True):
        phrases = [phrase for phrase in dict.fromkeys(phrase_of(word) for word in words) if phrase]
        for phrase in phrases:
            found.setdefault(phrase, {}).update(dict.fromkeys(other for other in phrases if other != phrase))
    return {phrase: list(others) for phrase, others in found.items()}


def corrected(question: Question) -> tuple[Question, str]:
    """The question with words put right that no product has, and its words as text; "" where there is nothing to put right.

    Latin words may be pinyin or misspelt, Chinese ones written with other characters of the same sound. At most four statements,
    five for long words with two errors.
    """
    words = question.words[:MOST_WORDS]
    if not words:
        return question, ""
    known = _known(words)
    meanings: list[list[tuple[Word, ...]]] = []
    for is_chinese, run in groupby(words, key=lambda word: word.is_chinese):
        beside = tuple(run)
        meanings += _chinese(beside) if is_chinese else _latin(beside, known)
    groups = tuple(Group(phrases[0], tuple(phrases[1:])) for phrases in meanings)
    best = tuple(word for group in groups for word in group.words)
    if best == words:
        return question, ""
    # Synonyms of the words that were meant are looked up as those of typed words are.
    again = question_of(_text(best), remembered(KEY, SECONDS, _synonyms))
    others = {group.words: group.others for group in groups}
    merged = [replace(group, others=tuple(dict.fromkeys((*group.others, *others.get(group.words, ()))))) for group in again.groups]
    return replace(again, groups=tuple(merged)), _text(best)


def _text(words: Iterable[Word]) -> str:
    text = ""
    for is_chinese, run in groupby(words, key=lambda word: word.is_chinese):
        text += ("" if is_chinese else " ").join(word.text for word in run) + " "
    return text.strip()


def _known(words: Sequence[Word]) -> set[str]:
    return _of_synonyms() | set(Term.objects.filter(word__in=[word.text for word in words]).values_list("word", flat=True))


def _of_synonyms() -> set[str]:
    """Single words the operator has synonyms for: they can be meant even where no product has them."""
    return {phrase[0] for phrase in remembered(KEY, SECONDS, _synonyms) if len(phrase) == 1}


def _latin(words: tuple[Word, ...], known: set[str]) -> list[list[tuple[Word, ...]]]:
    """Words nobody knows, each as what it may mean. All of them together may be one text of pinyin, written with spaces."""
    unknown = [word for word in words if not _is_fine(word, known)]
    if len(unknown) == len(words) > 1 and (spoken := _spoken("".join(word.text for word in words))):
        return [spoken]
    meant = {word: _spoken(word.text) or _spelt(word.text) or _initials(word.text) for word in unknown}
    return [meant.get(word) or [(word,)] for word in words]


def _is_fine(word: Word, known: set[str]) -> bool:
    return word.text in known or any(sign.isdigit() for sign in word.text)


def _spelt(text: str) -> list[tuple[Word, ...]]:
    """The word an error or two away, those with few errors first."""
    for parts in filter(None, (deletions(text), second_deletions(text))):
        near = Term.objects.filter(deletions__overlap=parts).order_by("-documents")[:CANDIDATES]
        words = [*near.values_list("word", "documents"), *((word, 0) for word in _of_synonyms())]
        if found := ranked(text, words):
            return [(Word(found[0], False),)]
    return []


def _initials(text: str) -> list[tuple[Word, ...]]:
    """Words of which somebody has typed the first letters of the pinyin only."""
    if not 2 <= len(text) <= MOST_INITIALS:
        return []
    rows = Term.objects.filter(initials=text).order_by("-documents", "word")
    return [(Word(word, True),) for word in rows.values_list("word", flat=True)[:MOST_MEANINGS]]


def _chinese(words: tuple[Word, ...]) -> list[list[tuple[Word, ...]]]:
    """A run of Chinese words as words that sound the same; the run itself where it is one of them."""
    run = "".join(word.text for word in words)
    spoken = _spoken(pinyin(run), most=MOST_MEANINGS)
    if not spoken or words in spoken or any("".join(word.text for word in phrase) == run for phrase in spoken):
        return [[(word,)] for word in words]
    return [spoken]


def _spoken(text: str, most: int = MOST_MEANINGS) -> list[tuple[Word, ...]]:
    """The phrases that a text of pinyin may be, those of the most common words first; empty where it is none."""
    parts = parts_of(text)
    if not parts:
        return []
    rows = Term.objects.filter(pinyin__in=parts).order_by("-documents", "word").values_list("pinyin", "word", "documents")
    words: dict[str, list[str]] = {}
    weight: dict[str, int] = {}
    for sound, word, documents in rows:
        if len(word) > 1 or len(text) == len(sound):
            words.setdefault(sound, []).append(word)
            weight[sound] = max(weight.get(sound, 0), documents)
    found = cut(text, weight)
    choices = [words[part][:most] for part in found]
    return [tuple(Word(word, True) for word in phrase) for phrase in product(*choices)][:most] if found else []
