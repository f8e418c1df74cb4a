"""Compiles translations with Babel, so that nobody needs GNU gettext; the compiled files are not in version control."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from shop.environment import BASE_DIR


def compile_messages(folder: Path = BASE_DIR / "locale") -> int:
    """Compile every `.po` file that is newer than its `.mo`; returns how many were."""
    stale = [source for source in folder.glob("*/LC_MESSAGES/*.po") if _is_stale(source, source.with_suffix(".mo"))]
    for source in stale:
        with source.open("rb") as file:
            catalog = read_po(file)
        fresh = source.with_suffix(".mo.new")
        with fresh.open("wb") as file:
            write_mo(file, catalog)
        fresh.replace(source.with_suffix(".mo"))
    return len(stale)


def _is_stale(source: Path, target: Path) -> bool:
    return not target.exists() or target.stat().st_mtime <= source.stat().st_mtime
