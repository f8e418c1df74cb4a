"""A small bar chart as SVG rectangles, drawn on the server: no script, and it prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, GAP = 720, 120, 3
LEAST = 2  # so that a single difference among thousands is still seen


@dataclass(frozen=True)
class Bar:
    """One column: its parts from the bottom, each with the name of its colour, and what to say about it."""

    label: str
    parts: Sequence[tuple[str, int]]


def bars(columns: Sequence[Bar]) -> dict[str, Any]:
    """Rectangles for a box of 720 × 120, scaled to the highest column."""
    top = max((sum(value for _, value in bar.parts) for bar in columns), default=0)
    width = (WIDTH - GAP * (len(columns) - 1)) / len(columns) if columns else 0
    drawn = [
        {"label": bar.label, "x": _round(index * (width + GAP)), "width": _round(width), "parts": _stack(bar, top)}
        for index, bar in enumerate(columns)
    ]
    return {"width": WIDTH, "height": HEIGHT, "bars": drawn, "is_empty": not top}


def _stack(bar: Bar, top: int) -> list[dict[str, Any]]:
    stacked, floor = [], float(HEIGHT)
    for tone, value in bar.parts:
        height = max(HEIGHT * value / top, LEAST) if value and top else 0
        floor = max(floor - height, 0)
        if height:
            stacked.append({"tone": tone, "y": _round(floor), "height": _round(height)})
    return stacked


def _round(length: float) -> str:
    return f"{length:.1f}"
