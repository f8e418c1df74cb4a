"""A cluster with a migrated database, kept between test runs in .pytest_cache: a run then starts in one second instead of ten.

Its name is a fingerprint of every migration, so a changed one makes a new cluster. Deleting the folder is always safe.
"""

import hashlib
import os
import shutil
from pathlib import Path

import django

from shop.servers.postgres import PostgresServer
from shop.servers.program import Account

TEMPLATE = "jishi_migrated"
ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".pytest_cache" / "clusters"


def fingerprint(server: PostgresServer) -> str:
    digest = hashlib.sha256(f"{server.binaries.version} {django.VERSION}".encode())
    for source in sorted([*ROOT.glob("*/migrations/*.py"), ROOT / "requirements.txt"]):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def restore(server: PostgresServer) -> bool:
    """Give a new server the kept cluster, if there is one for these migrations."""
    kept = FOLDER / fingerprint(server)
    try:
        password = (kept / "password").read_text()
        shutil.copytree(kept / "cluster", server.cluster)
    except OSError:
        shutil.rmtree(server.cluster, ignore_errors=True)
        return False
    server.password_file.touch(mode=0o600)
    server.password_file.write_text(password)
    if server.account:
        _give(server.cluster, server.account)
    return True


def _give(folder: Path, account: Account) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, account.uid, account.gid)


def keep(server: PostgresServer) -> None:
    """Keep a stopped server's cluster; those of other migrations go."""
    kept = FOLDER / fingerprint(server)
    fresh = kept.with_name(f"new.{os.getpid()}")
    try:
        shutil.copytree(server.cluster, fresh / "cluster")
        (fresh / "password").touch(mode=0o600)
        (fresh / "password").write_text(server.password_file.read_text())
        for other in FOLDER.iterdir():
            if other != fresh:
                shutil.rmtree(other, ignore_errors=True)
        fresh.rename(kept)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)  # a read-only checkout, a full disk: the next run migrates again
