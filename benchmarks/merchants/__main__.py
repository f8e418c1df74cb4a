"""`python -m benchmarks.merchants`: every list, filter, search and home page of a shop with very many products and orders."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.stack import Stack, running

MEASURE = "import sys, django; django.setup(); from benchmarks.merchants.measure import measure; measure(*sys.argv[1:])"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make merchants-bench", description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--orders", type=int, default=100_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jishi-merchants-") as folder:
        Path(folder).chmod(0o711)
        with running(Path(folder), 1) as stack:
            run(stack, "-c", MEASURE, stack.shop_url, stack.bare_url, str(arguments.products), str(arguments.orders))


def run(stack: Stack, *arguments: str) -> None:
    done = subprocess.run([sys.executable, "-W", "ignore", *arguments], env={**os.environ, **stack.environment}, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
