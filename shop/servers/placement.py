"""Where a server's files live and which account reads them.

PostgreSQL refuses to run as root. As root we therefore drop to `postgres` or `nobody`, and that account must reach the binaries and
the data. We never loosen the rights of folders that are not ours: when a parent is closed (a clone below /root), the data goes to
/var/tmp/jishi-<hash of DATA_DIR> instead, where it survives a reboot.
"""

import hashlib
import os
import pwd
import shutil
import stat
from pathlib import Path

from shop.servers.program import Account, ServerError

SHARED_ROOT = Path("/var/tmp")  # noqa: S108  persistent, unlike /tmp; every folder made here is checked to be ours
SOCKET_ROOT = Path("/tmp")  # noqa: S108
SOCKET_PATH_LIMIT = 107 - len("/.s.PGSQL.5432")


def unprivileged_account() -> Account | None:
    """The account for servers that refuse root; None when we are not root and run them as ourselves.

    Raises: ServerError when root has no account to drop to.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise ServerError("PostgreSQL does not run as root and there is neither a 'postgres' nor a 'nobody' account: run as a normal user.")


def owner_of(path: Path) -> Account | None:
    """The account that owns an existing folder, if root has to become it."""
    if os.geteuid() != 0:
        return None
    status = path.stat()
    try:
        name = pwd.getpwuid(status.st_uid).pw_name
    except KeyError:
        name = str(status.st_uid)
    return Account(name, status.st_uid, status.st_gid)


def reachable(path: Path, account: Account | None) -> bool:
    """Whether the account may walk down to `path` and read it; parents that do not exist yet count as ours to make."""
    if account is None:
        return True
    return all(_searchable(folder.stat(), account) for folder in (path, *path.parents) if folder.exists())


def _searchable(status: os.stat_result, account: Account) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def installation_key(data_dir: Path) -> str:
    return hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]


def server_home(data_dir: Path, account: Account | None) -> Path:
    """The folder for cluster, socket and copied binaries: below DATA_DIR, or in /var/tmp when the account cannot reach that.

    An existing cluster decides, so a later change of rights never makes the data seem lost.
    """
    inside, outside = data_dir / "postgres", SHARED_ROOT / f"jishi-{installation_key(data_dir)}"
    for home in (inside, outside):
        if (home / "cluster" / "PG_VERSION").exists():
            return home
    return inside if reachable(data_dir, account) else outside


def socket_folder(home: Path, data_dir: Path) -> Path:
    """A folder whose socket path fits the kernel's 107 bytes."""
    near = home / "run"
    return near if len(os.fsencode(near)) <= SOCKET_PATH_LIMIT else SOCKET_ROOT / f"jishi-{installation_key(data_dir)}"


def own_folder(path: Path, account: Account | None, mode: int) -> None:
    """Make `path` and give it to the account; refuse one that somebody else planted.

    Raises: ServerError when it exists as a link or belongs to a stranger.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(exist_ok=True, mode=mode)
    status = path.lstat()
    wanted = account.uid if account else os.geteuid()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {wanted, os.geteuid()}:
        raise ServerError(f"{path} belongs to somebody else: remove it, or set DATA_DIR to another folder.")
    path.chmod(mode)
    if account and status.st_uid != account.uid:
        os.chown(path, account.uid, account.gid)


def copy_once(folders: tuple[Path, ...], target: Path) -> None:
    """Copy the folders side by side into `target`, readable for all, all or nothing: an interrupted copy is made again."""
    if target.exists():
        return
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for folder in folders:
        shutil.copytree(folder, fresh / folder.name, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a", "pgxs", "__pycache__"))
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))
    fresh.rename(target)
