"""The shape of the tree: small files, telling names, an introduction to every app."""

import ast
import subprocess
from pathlib import Path

import pytest

from tests.architecture.layers import ROOT, own_apps

DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
MOST_LINES = 500


def python_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.split("\n") if listed.returncode == 0 else [str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py")]
    return [ROOT / name for name in names if name and (ROOT / name).exists() and ".venv" not in name]


def test_no_file_is_longer_than_five_hundred_lines() -> None:
    files = [path for path in python_files() if "migrations" not in path.parts]
    long = [f"{path.relative_to(ROOT)}: {lines}" for path in files if (lines := len(path.read_text().splitlines())) > MOST_LINES]

    assert files
    assert long == []


def test_no_file_is_a_drawer_for_everything() -> None:
    assert [str(path.relative_to(ROOT)) for path in python_files() if {path.stem, path.parent.name} & DRAWERS] == []


@pytest.mark.parametrize("name", sorted(own_apps()))
def test_every_app_says_in_three_to_eight_lines_what_it_owns(name: str) -> None:
    docstring = ast.get_docstring(ast.parse((ROOT / name / "__init__.py").read_text()))

    assert docstring is not None
    assert 3 <= len(docstring.splitlines()) <= 8


def test_no_model_overrides_save_or_delete() -> None:
    wrong = []
    for path in python_files():
        if path.stem == "models" or path.parent.name == "models":
            functions = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]
            wrong += [f"{path.relative_to(ROOT)}: {node.name}" for node in functions if node.name in {"save", "delete"}]

    assert wrong == []
