"""`python -m benchmarks.ledger [-n N] [--workers W]`"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shop.servers.postgres import PostgresServer
from shop.servers.program import Running

MEASURE = "import sys, django; django.setup(); from benchmarks.ledger.measure import measure; measure(*sys.argv[1:])"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make ledger-bench", description=__doc__)
    parser.add_argument("-n", "--transactions", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2 * len(os.sched_getaffinity(0)))
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jishi-ledger-") as folder:
        Path(folder).chmod(0o711)
        with database(Path(folder)) as url:
            environment = {
                **os.environ, "DATABASE_URL": url, "DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "shop.settings",
                "LOG_LEVEL": "ERROR", "CELERY_BROKER_URL": "memory://",
            }  # fmt: skip
            run(environment, "-W", "ignore", "manage.py", "migrate", "-v0")
            run(environment, "-c", MEASURE, url, str(arguments.transactions), str(arguments.workers))


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """An empty database on a server of its own, with the settings of an installation: fsync is on."""
    server = PostgresServer(folder)
    server.prepare()
    running = Running.start(server.program, server.is_ready, log=folder / "postgres.log")
    try:
        server.ensure_database()
        yield server.url
    finally:
        running.stop()


def run(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], env=environment, check=True)


if __name__ == "__main__":
    main()
