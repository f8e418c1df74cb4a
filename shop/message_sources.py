"""Finds every text that has to be translated: ours, and those of packages that bring no Chinese. Needs no GNU gettext."""

import io
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from django.utils.translation.template import templatize

from shop.environment import BASE_DIR

# Folders of packages whose texts shoppers, merchants or the operator may see.
BORROWED = (
    "unfold",
    "allauth/account",
    "allauth/templates/account",
    "django_filters",
    "rest_framework",
    "treebeard",
    "django/core",
    "django/db",
    "django/forms",
    "django/contrib/admin/templates",
    "django/contrib/auth",
)
TRANSLATED = ("django/conf", "django/contrib/admin", "django/contrib/auth", "allauth", "rest_framework", "unfold", "treebeard")
NOT_SHOWN = {"tests", "benchmarks", "node_modules", "static", "migrations", "build", "dist"}
TEMPLATES = {".html", ".txt"}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


class Text(NamedTuple):
    """One text of the source; `plural` and `context` are empty where there is none."""

    singular: str
    plural: str = ""
    context: str = ""

    @property
    def message_id(self) -> str | tuple[str, str]:
        """As Babel names it."""
        return (self.singular, self.plural) if self.plural else self.singular


def own_texts() -> dict[Text, str]:
    """Every text of this repository with the first file that holds it, in the order of files."""
    return _texts_below(BASE_DIR)


def package_texts() -> dict[Text, str]:
    """Every text of the packages, also those they translate themselves; ours win where we reword them."""
    return {text: f"{folder}: {path}" for folder in BORROWED for text, path in _texts_below(_folder(folder)).items()}


def borrowed_texts() -> dict[Text, str]:
    """Every text of the packages that neither they nor Django translate into Simplified Chinese."""
    known = set().union(*(_translated_by(package) for package in TRANSLATED))
    return {text: source for text, source in package_texts().items() if (text.context, text.singular) not in known}


def brought_up_to_date(old: Catalog) -> Catalog:
    """The translations of `old` for the texts that there are now, in the order of files; new ones are empty."""
    fresh = Catalog("zh_Hans", header_comment=old.header_comment, fuzzy=False)
    fresh.mime_headers = old.mime_headers
    reworded = [text for text in package_texts() if old.get(text.singular, text.context or None)]
    for text in dict.fromkeys([*own_texts(), *borrowed_texts(), *reworded]):
        known = old.get(text.singular, text.context or None)
        fresh.add(text.message_id, known.string if known else "", context=text.context or None)
    return fresh


def untranslated(catalog: Catalog) -> list[Message]:
    """Its texts with an empty translation."""
    return [message for message in catalog if message.id and not any(message.string or "")]


def _texts_below(folder: Path) -> dict[Text, str]:
    found: dict[Text, str] = {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.suffix in TEMPLATES | {".py"} and not any(part in NOT_SHOWN or part.startswith(".") for part in parts):
            for text in _texts_of(path):
                found.setdefault(text, "/".join(parts))
    return found


def _texts_of(path: Path) -> Iterator[Text]:
    source = path.read_text(encoding="utf-8")
    if path.suffix in TEMPLATES:
        # The pseudo Python that Django makes of a template keeps the template's indentation, which Python would refuse.
        source = "\n".join(line.strip() for line in templatize(source).split("\n"))
    for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS):
        singular, plural = (message, "") if isinstance(message, str) else message[:2]
        if singular:
            yield Text(singular, plural, context or "")


def _translated_by(package: str) -> set[tuple[str, str]]:
    path = _folder(package) / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo"
    if not path.exists():
        return set()
    with path.open("rb") as file:
        messages = [message for message in read_mo(file) if message.string]
    return {(message.context or "", message.id if isinstance(message.id, str) else message.id[0]) for message in messages}


def _folder(name: str) -> Path:
    package, _slash, inside = name.partition("/")
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise LookupError(f"{package} is not installed.")
    return Path(spec.origin).parent / inside
