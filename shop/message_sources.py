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

# Packages whose texts shoppers, merchants or the operator may see.
BORROWED = ("unfold", "allauth.account", "django_filters", "rest_framework", "treebeard")
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


def borrowed_texts() -> dict[Text, str]:
    """Every text of the packages in `BORROWED` that neither they nor Django translate into Simplified Chinese."""
    found: dict[Text, str] = {}
    translated = _translated_by("django.conf", "django.contrib.admin", "django.contrib.auth")
    for package in BORROWED:
        known = translated | _translated_by(package.partition(".")[0])
        texts = _texts_below(_folder(package))
        found |= {text: f"{package}: {path}" for text, path in texts.items() if (text.context, text.singular) not in known}
    return found


def brought_up_to_date(old: Catalog) -> Catalog:
    """The translations of `old` for the texts that there are now, in the order of files; new ones are empty."""
    fresh = Catalog("zh_Hans", header_comment=old.header_comment, fuzzy=False)
    fresh.mime_headers = old.mime_headers
    for text in [*own_texts(), *borrowed_texts()]:
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


def _translated_by(*packages: str) -> set[tuple[str, str]]:
    known = set()
    for path in (_folder(package) / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.mo" for package in packages):
        if path.exists():
            with path.open("rb") as file:
                for message in read_mo(file):
                    singular = message.id if isinstance(message.id, str) else message.id[0]
                    if message.string:
                        known.add((message.context or "", singular))
    return known


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise LookupError(f"{package} is not installed.")
    return Path(spec.origin).parent
