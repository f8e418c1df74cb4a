"""Private files as answers: to be saved, never shown."""

from __future__ import annotations

from pathlib import Path

from django.http import FileResponse, Http404


def private_attachment(path: Path, name: str) -> FileResponse:
    """A file of ours under its owner's name for it: no cache keeps it, and no browser looks into it. Raises Http404 where it is gone."""
    try:
        content = path.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content,
        as_attachment=True,
        filename=name if name.lower().endswith(path.suffix) else f"{name}{path.suffix}",
        content_type="application/octet-stream",
        headers={
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
