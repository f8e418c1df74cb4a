"""Texts as PostgreSQL can store them."""

from typing import Any

from core.sanitiser import clean_html


def storable(value: Any) -> Any:
    """The same text, list or mapping without NUL and halves of characters, which JSON can carry and PostgreSQL refuses."""
    if isinstance(value, str):
        return value.replace("\0", "").encode("utf-8", "ignore").decode()
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [storable(item) for item in value]
    return value


def clean_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """Texts of a product ready to be stored: titles and defects trimmed, descriptions, in every language, free of scripts."""
    cleaned: dict[str, Any] = {name: storable(value) for name, value in fields.items()}
    for name, clean in (("title", str.strip), ("defects", str.strip), ("description", clean_html)):
        if name in cleaned:
            cleaned[name] = clean(cleaned[name])
        for texts in cleaned.get("i18n", {}).values():
            if name in texts:
                texts[name] = clean(texts[name])
    return cleaned
