"""No text for people stands in a template or an admin's options without gettext around it: what is not wrapped is never translated."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from shop.environment import BASE_DIR

APPS = ("core", "accounts", "merchants", "catalog", "loyalty", "logistics", "payments", "orders", "recommend", "support", "backoffice")
# The shop's own name, and the switch to the other language.
SAME_IN_CHINESE = re.compile(r"\bJishi\b|Switch to English")
NOT_TEXT = re.compile(
    r"\{%\s*block \w*class\s*%\}.*?endblock\s*%\}"
    r"|\{%\s*comment.*?endcomment\s*%\}|\{%-?\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%\}"
    r"|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<!--.*?-->"
    r'|<span[^>]*material-symbols[^>]*>.*?</span>|<(script|style|code|kbd|svg)\b.*?</\1>',
    re.DOTALL,
)  # fmt: skip
SPEAKING = re.compile(r'\s(?:aria-label|title|placeholder|alt|data-label)="([^"]*)"')
BETWEEN_TAGS = re.compile(r">([^<>=]+)<")
ENGLISH = re.compile(r"[A-Za-z][a-z]{2,}")
# Options of forms, models and admins that are read by people.
READ = {
    "label", "help_text", "short_description", "description", "verbose_name", "verbose_name_plural", "title", "placeholder", "empty_label",
    "search_help_text", "empty_value_display",
}  # fmt: skip
SENTENCE = re.compile(r"[a-z]{3,}\s|\s[a-z]{3,}|^[A-Z][a-z]{2,}")


def bare_texts(source: str) -> list[str]:
    """Texts of a template that are in no translation tag."""
    rest = NOT_TEXT.sub(" ", source)
    texts = [" ".join(text.split()) for text in [*SPEAKING.findall(rest), *BETWEEN_TAGS.findall(f">{rest}<")]]
    return [text for text in texts if ENGLISH.search(SAME_IN_CHINESE.sub("", text))]


def bare_options(source: str) -> Iterator[str]:
    """Literals of a module that people would read as they stand."""
    for node in ast.walk(ast.parse(source)):
        found: list[ast.expr] = []
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            found += (
                node.args[1:] if called.startswith("messages.") else node.args if called in {"label", "column", "ValidationError"} else []
            )
            found += [word.value for word in node.keywords if word.arg in READ]
        elif isinstance(node, ast.Assign) and any(getattr(target, "id", "") in READ for target in node.targets):
            found.append(node.value)
        yield from (text for text in map(_literal, found) if SENTENCE.search(text))


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value for part in node.values if isinstance(part, ast.Constant) and isinstance(part.value, str))
    return ""


def _modules() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((BASE_DIR / app).rglob("*.py")):
            if {"admin", "admin.py", "backoffice", "pages", "forms", "shipping", "palette"} & set(path.parts):
                yield path


def test_every_text_of_a_template_is_wrapped() -> None:
    pages = sorted((BASE_DIR / "templates").rglob("*.html"))
    pages = [path for path in pages if "api" not in path.parts]

    assert len(pages) > 100
    assert {str(path.relative_to(BASE_DIR)): bare for path in pages if (bare := bare_texts(path.read_text(encoding="utf-8")))} == {}


def test_every_text_of_an_admin_is_wrapped() -> None:
    modules = list(_modules())

    assert len(modules) > 50
    assert {
        str(path.relative_to(BASE_DIR)): bare for path in modules if (bare := list(bare_options(path.read_text(encoding="utf-8"))))
    } == {}


def test_the_check_knows_what_nobody_wrapped() -> None:
    """Negative control."""
    assert bare_texts('<b title="Weight of it">{% translate "Held" %}</b><p>Paid {{ at }}</p>') == ["Weight of it", "Paid"]
    assert list(bare_options('messages.success(request, f"Saved {x} rows")\nX(help_text="In grams", label=_("Weight"))')) == [
        "Saved  rows",
        "In grams",
    ]
