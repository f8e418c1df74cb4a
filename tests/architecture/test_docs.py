"""The documents name everything that exists: collected from the code, so forgetting one fails here."""

import ast
import importlib
import re
from importlib.util import find_spec

import pytest
from django.db import models

from core.outbox import Event
from tests.architecture.layers import ROOT, own_apps
from tests.architecture.test_files import python_files

READERS = {"env", "env_flag", "configured"}


def document(name: str) -> str:
    return (ROOT / name).read_text()


def unnamed(names: set[str], text: str) -> list[str]:
    return sorted(name for name in names if not re.search(rf"\b{re.escape(name)}\b", text))


def environment_variables() -> set[str]:
    """First arguments of every call of `env("…")` and its kin outside the tests."""
    sources = [path for path in python_files() if "tests" not in path.relative_to(ROOT).parts]
    calls = [node for path in sources for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    reads = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id in READERS and call.args]
    return {str(call.args[0].value) for call in reads if isinstance(call.args[0], ast.Constant)} | {"DATA_DIR"}


def business_settings() -> set[str]:
    tree = ast.parse(document("shop/settings/business.py"))
    return {target.id for node in tree.body if isinstance(node, ast.Assign) for target in node.targets if isinstance(target, ast.Name)}


def of_apps(module: str) -> list[object]:
    """Everything in the modules of this name, over all apps."""
    names = [f"{app}.{module}" for app in sorted(own_apps()) if find_spec(f"{app}.{module}")]
    return [value for name in names for value in vars(importlib.import_module(name)).values() if getattr(value, "__module__", None) == name]


def events() -> set[str]:
    return {value.__name__ for value in of_apps("events") if isinstance(value, type) and issubclass(value, Event)}


def states() -> list[type[models.TextChoices]]:
    found = [value for value in of_apps("states") if isinstance(value, type) and issubclass(value, models.TextChoices)]
    return [choices for choices in found if choices.__name__.endswith("Status")]


@pytest.mark.parametrize("name", ["docs/operations.md", ".env.example"])
def test_every_environment_variable_is_explained(name: str) -> None:
    found = environment_variables()

    assert {"PORT", "DATABASE_URL", "DEMO"} <= found
    assert unnamed(found, document(name)) == []


def test_the_example_sets_nothing_that_nobody_reads() -> None:
    offered = set(re.findall(r"^#?([A-Z_]+)=", document(".env.example"), re.MULTILINE))

    assert offered - environment_variables() == {"POSTGRES_PASSWORD"}  # docker-compose.yml alone reads it


def test_every_business_setting_is_explained() -> None:
    assert unnamed(business_settings(), document("docs/operations.md")) == []


def test_every_event_is_listed() -> None:
    assert unnamed(events(), document("docs/states.md")) == []


def test_every_state_is_listed_under_its_own_name() -> None:
    text = document("docs/states.md")
    sections = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))

    missing = {choices.__name__: unnamed(set(choices.values), sections.get(choices.__name__, "")) for choices in states()}

    assert {name: values for name, values in missing.items() if values} == {}
