"""The texts a product asks its buyer for: what was typed, and how the page shows them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from catalog.errors import PersonalTextInvalid
from catalog.models import Product
from catalog.rules.personalisation import LONGEST_ANSWER, MOST_FIELDS
from core.errors import DomainError

ANSWER = "answer-"
# Somewhat more than is ever taken, so that what is too long is refused and not cut off.
LONGEST_TYPED = 2 * LONGEST_ANSWER


def typed_answers(request: HttpRequest) -> dict[str, str]:
    """What somebody has typed into a product's own fields, by their keys."""
    names = (name for name in request.POST if name.startswith(ANSWER))
    return {name.removeprefix(ANSWER): request.POST[name][:LONGEST_TYPED] for name in itertools.islice(names, MOST_FIELDS)}


def asked_on_page(product: Product, answers: Mapping[str, str], refusal: DomainError | None) -> list[dict[str, Any]]:
    """The product's fields for its page, with what was typed and which of them was refused."""
    wrong = refusal.params["key"] if isinstance(refusal, PersonalTextInvalid) else ""
    language = get_language() or "en"
    return [
        {"field": field, "label": field.label_in(language), "typed": answers.get(field.key, ""), "is_wrong": field.key == wrong}
        for field in product.asked
    ]
