"""Pictures of a product in each of its colours, tied to the choice that shows them."""

from collections.abc import Iterator
from typing import Any

OPTION = "Colour"
PAINT = {
    "Beige": "#d8c3a0", "Black": "#26242a", "Blue": "#2f62b5", "Brown": "#7a4a2a", "Burgundy": "#6d1f34", "Gold": "#d2a64a",
    "Graphite": "#4a4d54", "Green": "#3f8f52", "Grey": "#8b9097", "Mint": "#7fcdb3", "Navy": "#22335e", "Orange": "#e07a2a",
    "Pink": "#e58aa8", "Purple": "#7d4fae", "Red": "#c23530", "Sierra Blue": "#8fb2d6", "Silver": "#c3c8ce", "Space Grey": "#5d6168",
    "Terracotta": "#bd6544", "Tortoise": "#7b5230", "White": "#eceae4", "Yellow": "#e6bf3a",
}  # fmt: skip


def painted(row: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The colours of a product but for the first, which its other pictures show, each with the recipe of its picture."""
    for option in row["options"]:
        if option["name"] == OPTION:
            for value in option["values"][1:]:
                if value["value"] in PAINT:
                    yield value["value"], {**row["picture"], "tint": PAINT[value["value"]]}
