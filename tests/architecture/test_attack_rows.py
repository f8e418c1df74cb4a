"""Every attack and fault the shop must stand is shown by a test, which names its row in its docstring: "MON05" and so on."""

import ast
import re

from tests.architecture.layers import ROOT

# Money, stock, and of the infrastructure what concerns the database, Valkey, the worker and the provider.
# Of uploads the one that is refused before it is read.
ROWS = {
    *(f"MON{number:02}" for number in range(1, 30)),
    *(f"STK{number:02}" for number in range(1, 14)),
    *(f"INF{number:02}" for number in (*range(1, 12), 13)),
    "UPL04",
}


def shown() -> set[str]:
    """The rows that docstrings of tests name."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        if path.name.startswith("test_") or path.name.endswith("_contract.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    found |= set(re.findall(r"\b[A-Z]{3}\d\d\b", ast.get_docstring(node) or ""))
    return found


def test_every_row_is_shown_by_a_test() -> None:
    assert sorted(ROWS - shown()) == []
