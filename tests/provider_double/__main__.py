"""Command line of the provider double."""

import argparse
import os
import sys
import threading
from pathlib import Path

from tests.provider_double.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.provider_double")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one; the first line printed names it")
    parser.add_argument("--state", type=Path, required=True, help="file that outlives this process")
    parser.add_argument("--seed", type=int, default=0, help="decides which requests the knobs' chances strike")
    parser.add_argument("--webhook-url", default="", help="where signed events are delivered; nowhere without it")
    parser.add_argument("--webhook-secret", default="whsec_new")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the process that started this one")
    options = parser.parse_args()
    server = serve(options.state, seed=options.seed, port=options.port)
    if options.webhook_url:
        server.double.deliver_to(options.webhook_url, options.webhook_secret)
    if options.until_stdin_closes:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.stdout.write(f"listening on {server.double.base}\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.05)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
