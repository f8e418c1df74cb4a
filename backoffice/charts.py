"""Small charts as SVG paths, drawn on the server: no script, and they print."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

WIDTH, HEIGHT, PAD = 240, 48, 3


def sparkline(values: Sequence[int]) -> dict[str, object]:
    """The line and the area under it for a box of 240 × 48, and whether there is anything to see."""
    top = max(values, default=0)
    if len(values) < 2 or top <= 0:
        return {"width": WIDTH, "height": HEIGHT, "line": "", "area": ""}
    step = (WIDTH - 2 * PAD) / (len(values) - 1)
    points = [(PAD + index * step, HEIGHT - PAD - (HEIGHT - 2 * PAD) * max(value, 0) / top) for index, value in enumerate(values)]
    line = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    area = f"{line} L{points[-1][0]:.1f} {HEIGHT - PAD} L{points[0][0]:.1f} {HEIGHT - PAD} Z"
    return {"width": WIDTH, "height": HEIGHT, "line": line, "area": area}


WIDE, TALL = 720, 160


def layers(columns: Sequence[Sequence[int]]) -> dict[str, Any]:
    """Areas on top of each other for a box of 720 × 160, the first at the bottom; `top` is the largest sum. Below zero counts as zero."""
    sums = [[0] * len(columns[0])]
    for column in columns:
        sums.append([low + max(value, 0) for low, value in zip(sums[-1], column, strict=True)])
    top = max(sums[-1], default=0)
    if top <= 0 or len(sums[0]) < 2:
        return {"width": WIDE, "height": TALL, "top": 0, "areas": []}
    areas = [f"M{_points(above, top)} L{_points(below, top, back=True)} Z" for below, above in itertools.pairwise(sums)]
    return {"width": WIDE, "height": TALL, "top": top, "areas": areas}


def _points(values: Sequence[int], top: int, *, back: bool = False) -> str:
    step = WIDE / (len(values) - 1)
    points = [f"{index * step:.1f} {TALL - (TALL - PAD) * value / top:.1f}" for index, value in enumerate(values)]
    return " L".join(reversed(points) if back else points)


def trend(values: Sequence[int | None], limit: int) -> dict[str, Any]:
    """The course of a number for a box of 240 × 48 with the height of its limit; where there is no number the line has a gap."""
    known = [value for value in values if value is not None]
    if not known:
        return {"width": WIDTH, "height": HEIGHT, "line": "", "limit": ""}
    low, high = min(*known, limit), max(*known, limit)
    step, scale = (WIDTH - 2 * PAD) / max(len(values) - 1, 1), (HEIGHT - 2 * PAD) / max(high - low, 1)
    drawn, is_pen_down = [], False
    for index, value in enumerate(values):
        if value is not None:
            drawn.append(f"{'L' if is_pen_down else 'M'}{PAD + index * step:.1f} {HEIGHT - PAD - (value - low) * scale:.1f}")
        is_pen_down = value is not None
    # A line of one point shows with round ends only where it has a length.
    line = " ".join(f"{point} h0.1" if point.startswith("M") else point for point in drawn)
    return {"width": WIDTH, "height": HEIGHT, "line": line, "limit": f"{HEIGHT - PAD - (limit - low) * scale:.1f}"}
