"""`python -m benchmarks.search`: NDCG@10 and zero results of the golden set, by kind of query."""

import os
import tempfile
from pathlib import Path

from benchmarks.ledger.__main__ import database, run

MEASURE = "import django; django.setup(); from benchmarks.search.measure import measure; measure()"


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="jishi-search-") as folder:
        Path(folder).chmod(0o711)
        with database(Path(folder)) as url:
            environment = {
                **os.environ, "DATABASE_URL": url, "DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "shop.settings",
                "LOG_LEVEL": "ERROR", "CELERY_BROKER_URL": "memory://", "DEMO_PASSWORD": "market-lanterns",
            }  # fmt: skip
            run(environment, "-W", "ignore", "manage.py", "migrate", "-v0")
            run(environment, "-c", MEASURE)


if __name__ == "__main__":
    main()
