"""What a product asks its buyer for, such as an engraving, and what buyers may answer."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.errors import AnswerMissing, AnswerTooLong, AnswerUnreadable, PersonalisationInvalid
from core.i18n import translated

MOST_FIELDS = 5
LONGEST_LABEL = 60
LONGEST_ANSWER = 200
# Joins the parts of one emoji; every other invisible sign may turn the reading direction or hide something.
JOINER = "\u200d"
CHINESE = "zh-hans"


@dataclass(frozen=True, slots=True)
class Asked:
    """One text a buyer is asked for: its label, in how many characters at most, and whether it has to be given."""

    key: str
    label: str
    label_zh: str
    most: int
    is_required: bool

    def label_in(self, language: str) -> str:
        return label_of({"label": self.label, "label_zh": self.label_zh}, language)


def label_of(row: Mapping[str, Any], language: str) -> str:
    """The label of a field, or of an answer as an order keeps it, in a language."""
    return translated({"label": str(row["label"])}, {CHINESE: {"label": str(row.get("label_zh") or "")}}, "label", language)


def asked_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Asked, ...]:
    """The fields of a product as it keeps them."""
    return tuple(Asked(row["key"], row["label"], row["label_zh"], row["most"], row["is_required"]) for row in rows)


def checked_fields(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Fields ready to be kept; each is known by its place, so that a new label does not lose what lies in carts.

    Raises:
        PersonalisationInvalid: too many, without a label, or longer than an answer may be.
    """
    if len(rows) > MOST_FIELDS:
        raise PersonalisationInvalid(most=MOST_FIELDS)
    return [_checked(f"a{place}", row) for place, row in enumerate(rows, start=1)]


def _checked(key: str, row: Mapping[str, Any]) -> dict[str, Any]:
    labels = [str(row.get(name) or "").strip() for name in ("label", "label_zh")]
    most = row.get("most")
    is_fine = labels[0] and all(len(label) <= LONGEST_LABEL and is_readable(label) for label in labels)
    if not is_fine or not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= LONGEST_ANSWER:
        raise PersonalisationInvalid(most=MOST_FIELDS)
    return {"key": key, "label": labels[0], "label_zh": labels[1], "most": most, "is_required": bool(row.get("is_required"))}


def answers_to(asked: Sequence[Asked], given: Mapping[str, str], language: str) -> dict[str, str]:
    """What was answered, by key, without empty answers; what was not asked for is left out.

    Raises:
        AnswerMissing, AnswerTooLong, AnswerUnreadable: with the `key` and the label of the field.
    """
    answers = {}
    for field in asked:
        text = unicodedata.normalize("NFC", str(given.get(field.key) or "")).strip()
        about = {"key": field.key, "label": field.label_in(language)}
        if not is_readable(text):
            raise AnswerUnreadable(**about)
        if len(text) > field.most:
            raise AnswerTooLong(**about, most=field.most)
        if text:
            answers[field.key] = text
        elif field.is_required:
            raise AnswerMissing(**about)
    return answers


def is_readable(text: str) -> bool:
    """Whether one line of text shows all it holds: no control characters, line ends, direction signs or private ones."""
    return all(letter == JOINER or not (unicodedata.category(letter).startswith("C") or letter in "\u2028\u2029") for letter in text)


def is_answered(asked: Sequence[Asked], answers: Mapping[str, str]) -> bool:
    """Whether answers of earlier still fit what is asked today."""
    return all(field.key in answers or not field.is_required for field in asked) and all(
        len(answers.get(field.key, "")) <= field.most for field in asked
    )


def said(asked: Sequence[Asked], answers: Mapping[str, str]) -> list[dict[str, str]]:
    """Answers with their labels, in the order they are asked for, as an order keeps them."""
    return [{"label": field.label, "label_zh": field.label_zh, "text": answers[field.key]} for field in asked if field.key in answers]


def answers_key(answers: Mapping[str, str]) -> str:
    """Tells pieces with different answers apart; empty where nothing was answered."""
    if not answers:
        return ""
    return hashlib.sha256(json.dumps(sorted(answers.items()), ensure_ascii=True).encode()).hexdigest()[:40]
