"""`python -m benchmarks.search`: NDCG@10 and zero results of the golden set, by kind of query.

With OLIST=PATH in the environment also those of the imported catalogue's own set, in a database of its own.
"""

import os
import tempfile
from pathlib import Path

from benchmarks.ledger.__main__ import database, run

MEASURE = "import django; django.setup(); from benchmarks.search.measure import measure; measure({olist!r})"


def main() -> None:
    _judge("")
    if olist := os.environ.get("OLIST", ""):
        print()
        _judge(str(Path(olist).resolve()))


def _judge(olist: str) -> None:
    with tempfile.TemporaryDirectory(prefix="jishi-search-") as folder:
        Path(folder).chmod(0o711)
        with database(Path(folder)) as url:
            environment = {
                **os.environ, "DATABASE_URL": url, "DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "shop.settings",
                "LOG_LEVEL": "ERROR", "CELERY_BROKER_URL": "memory://", "DEMO_PASSWORD": "market-lanterns",
            }  # fmt: skip
            run(environment, "-W", "ignore", "manage.py", "migrate", "-v0")
            run(environment, "-c", MEASURE.format(olist=olist))


if __name__ == "__main__":
    main()
