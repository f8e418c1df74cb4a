"""Asks the running web server whether it is ready; `python -m shop.probe` exits with 0 when it is (the container's health check)."""

import json
import sys
import urllib.request

from shop.environment import env


def readiness(seconds: float = 5.0) -> str:
    """What /readyz answers: ok, degraded, or down when there is no answer.

    The Host header is one that the shop answers to, whatever it is called outside.
    """
    host = env("ALLOWED_HOSTS", "localhost").split()[0].lstrip(".*") or "localhost"
    bound = env("BIND", "127.0.0.1")
    address = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(bound, bound)  # noqa: S104
    request = urllib.request.Request(f"http://{address}:{env('PORT', '8000')}/readyz", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=seconds) as answer:  # noqa: S310
            return str(json.load(answer)["status"])
    except (OSError, ValueError, KeyError):
        return "down"


if __name__ == "__main__":
    sys.exit(readiness() == "down")
