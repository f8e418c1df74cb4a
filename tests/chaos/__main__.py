"""`make chaos SEED=1`: at least 2,000 checkouts by 50 buyers under at least 60 kills. Takes 10 to 25 minutes on two cores."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from tests.chaos.storm import Plan, Report, Storm, environment, provider
from tests.running_shop import running_shop, soon


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # told to stop, it ends what it started
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--checkouts", type=int, default=2_000)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--buyers", type=int, default=50)
    parser.add_argument("--products", type=int, default=2_000)
    given = parser.parse_args()
    plan = Plan(given.seed, given.checkouts, given.kills, given.buyers, seconds_between=(4, 12))
    with tempfile.TemporaryDirectory(prefix="jishi-chaos-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # the account that runs PostgreSQL for root must pass through
        report = play(folder, plan, products=given.products)
    say(f"chaos with SEED={plan.seed}:\n{report}")
    sys.exit(not report.is_clean)


def play(folder: Path, plan: Plan, *, products: int) -> Report:
    """Start everything, let the storm rage, end everything.

    Raises:
        RuntimeError: the shop did not open.
    """
    double = provider(folder, plan.seed)
    try:
        with running_shop(folder, **environment(double)) as shop:
            if not soon(shop.is_green, 180):
                raise RuntimeError(shop.log.read_text()[-3000:])
            made = shop.run("make_catalogue", str(products))
            if made.returncode:
                raise RuntimeError(made.stderr)
            storm = Storm(shop, double, plan, say)
            report = storm.rage()
            if not report.is_clean:
                Path("/tmp/chaos-up.log").write_text(shop.log.read_text())
            return report
    finally:
        if double.process is not None:
            double.kill()


if __name__ == "__main__":
    main()
