"""What the demo's operator has told the search and the filters: typed attributes, product types and words that mean the same."""

from typing import Any

from catalog.models import Category, Synonym
from catalog.selectors.meaning import forget_synonyms
from catalog.services.attributes import NewChoice, define_attribute, define_type
from catalog.services.categories import set_product_type
from shop.demo import source
from shop.demo.source import CHINESE


def define_attributes() -> None:
    """Attributes with their choices."""
    for position, row in enumerate(source.rows("attributes")):
        define_attribute(
            key=row["key"],
            name=row["name"],
            i18n={CHINESE: {"name": row["name_zh"]}},
            kind=row["kind"],
            unit=row.get("unit", ""),
            is_facet=row.get("is_facet", True),
            position=position,
            choices=[_choice(*choice) for choice in row.get("choices", ())],
        )


def _choice(key: str, label: str, label_zh: str, swatch: str = "", aliases: tuple[str, ...] = ()) -> NewChoice:
    return NewChoice(key, label, {CHINESE: {"label": label_zh}}, swatch, tuple(aliases))


def define_types(categories: dict[str, Category]) -> None:
    """Product types, and the categories whose products have them."""
    for row in source.rows("product_types"):
        made = define_type(slug=row["slug"], name=row["name"], i18n={CHINESE: {"name": row["name_zh"]}}, attributes=row["attributes"])
        for slug in row["categories"]:
            set_product_type(category=categories[slug], product_type=made)


def teach_synonyms() -> None:
    """Words that mean the same, once."""
    rows: list[Any] = list(source.rows("synonyms"))
    known = {tuple(words) for words in Synonym.objects.values_list("words", flat=True)}
    Synonym.objects.bulk_create(Synonym(words=words) for words in rows if tuple(words) not in known)
    forget_synonyms()
