"""Small charts as SVG paths, drawn on the server: no script, and they print."""

from __future__ import annotations

from collections.abc import Sequence

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
