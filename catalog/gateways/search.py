"""The search behind one Protocol, so that an engine can take PostgreSQL's place where there are many millions of products."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from catalog.selectors.facets import Facet, facets_for
from catalog.selectors.find import CardPage, CardQuery, find_cards
from catalog.selectors.sample import Sample
from catalog.selectors.suggest import Suggestions, suggestions_for


class SearchBackend(Protocol):
    """What the faces ask of a search. Answers are cards and counts of visible products only."""

    def find(self, query: CardQuery, language: str) -> CardPage:
        """One page of products."""

    def facets(self, query: CardQuery, sample: Sample | None, language: str) -> Mapping[str, Facet]:
        """What the products found can be narrowed by; `sample` is the one of the page found."""

    def suggest(self, text: str, language: str) -> Suggestions:
        """What somebody who has typed so much may want."""


class PostgreSQLSearch:
    """The search in the shop's own database; documents are written with the cards, so there is nothing to keep in step."""

    def find(self, query: CardQuery, language: str) -> CardPage:
        return find_cards(query, language)

    def facets(self, query: CardQuery, sample: Sample | None, language: str) -> Mapping[str, Facet]:
        return facets_for(query, sample, language)

    def suggest(self, text: str, language: str) -> Suggestions:
        return suggestions_for(text, language)


def backend() -> SearchBackend:
    """The search named by SEARCH_BACKEND."""
    return _made(settings.SEARCH_BACKEND)


@lru_cache(maxsize=2)
def _made(name: str) -> SearchBackend:
    made: SearchBackend = import_string(name)()
    return made
