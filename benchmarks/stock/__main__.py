"""`python -m benchmarks.stock [--movements N] [--allocations A] [--warehouses W]`"""

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks.ledger.__main__ import database, run

MEASURE = "import sys, django; django.setup(); from benchmarks.stock.measure import measure; measure(*map(int, sys.argv[1:]))"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make stock-storm", description=__doc__)
    parser.add_argument("--movements", type=int, default=100_000)
    parser.add_argument("--allocations", type=int, default=50, help="at the same moment, ten rounds of them")
    parser.add_argument("--warehouses", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jishi-stock-") as folder:
        Path(folder).chmod(0o711)
        with database(Path(folder)) as url:
            environment = {
                **os.environ, "DATABASE_URL": url, "DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "shop.settings",
                "LOG_LEVEL": "ERROR", "CELERY_BROKER_URL": "memory://",
            }  # fmt: skip
            run(environment, "-W", "ignore", "manage.py", "migrate", "-v0")
            run(environment, "-c", MEASURE, *(str(number) for number in vars(arguments).values()))


if __name__ == "__main__":
    main()
