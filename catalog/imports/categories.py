"""Finding the category that a cell means: by slug, by name or by path, in any language."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from catalog.imports.reasons import Unfit
from catalog.models import Category
from catalog.services.tree import tree_version

_STEPS = re.compile(r"\s*(?:>>|>|»|/|\||›|→)\s*")
_AMBIGUOUS = ""


@dataclass(slots=True)
class Index:
    """Paths of categories by everything they may be called. A name that several have leads to nothing but itself being unclear."""

    by_slug: dict[str, str] = field(default_factory=dict)
    by_name: dict[str, str] = field(default_factory=dict)
    by_trail: dict[tuple[str, ...], str] = field(default_factory=dict)
    branches: set[str] = field(default_factory=set)

    def find(self, cell: str, aliases: Mapping[str, str], present: str = "") -> str:
        """The path of the category; `aliases` are the merchant's own words, or beginnings of their paths, for our slugs, and
        `present` is where the product is already, which may be a branch.

        Raises:
            Unfit: there is none, several are called so, or it has others below it.
        """
        path = self.by_slug.get(cell.casefold()) or self._by_words(steps_of(cell), aliases)
        if path is None:
            raise Unfit("category_unknown")
        if path == _AMBIGUOUS:
            raise Unfit("category_unclear")
        if path in self.branches and path != present:
            raise Unfit("category_not_leaf")
        return path

    def _by_words(self, steps: Sequence[str], aliases: Mapping[str, str]) -> str | None:
        for length in range(len(steps), 0, -1):
            slug = aliases.get(" > ".join(steps[:length]))
            if slug is not None:
                return self.by_slug.get(slug)
        if len(steps) > 1:
            return self.by_trail.get(tuple(steps))
        return self.by_name.get(steps[0]) if steps else None


def steps_of(cell: str) -> list[str]:
    """A path as its folded names; a list in JSON with one path in it is understood, too."""
    text = cell.strip()
    if text.startswith("["):
        try:
            first = json.loads(text)
            text = str(first[0]) if isinstance(first, list) and first else ""
        except (ValueError, RecursionError):
            text = text.strip('[]"')
    return [" ".join(step.casefold().split()) for step in _STEPS.split(text) if step.strip()]


def aliases_of(categories: Mapping[str, str]) -> dict[str, str]:
    """What an import says of its own names, in the form that `find` looks up."""
    return {" > ".join(steps_of(name)): slug for name, slug in categories.items()}


def index() -> Index:
    """The tree as it is now; read anew only after it has changed."""
    version = tree_version()
    return _index(version) if version else _read()


@functools.lru_cache(maxsize=1)
def _index(version: str) -> Index:
    return _read()


def _read() -> Index:
    found = Index()
    names: dict[str, list[set[str]]] = {}
    for path, slug, name, i18n, children in Category.objects.order_by("path").values_list("path", "slug", "name", "i18n", "numchild"):
        called = {" ".join(word.casefold().split()) for word in (name, *(texts.get("name", "") for texts in (i18n or {}).values())) if word}
        above = names.get(path[: -int(Category.steplen)], [])
        names[path] = [*above, called]
        found.by_slug[slug] = path
        for word in called:
            found.by_name[word] = _AMBIGUOUS if word in found.by_name else path
        _add_trails(found, names[path], path)
        if children:
            found.branches.add(path)
    return found


def _add_trails(found: Index, called: Sequence[set[str]], path: str) -> None:
    """The path in each language's words. Languages are not mixed within one, so this does not grow with the depth."""
    trails: list[tuple[str, ...]] = [()]
    for words in called:
        trails = [(*trail, word) for trail in trails for word in sorted(words)][:16]
    for trail in trails:
        found.by_trail.setdefault(trail, path)
