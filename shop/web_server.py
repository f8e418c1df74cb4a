"""gunicorn's settings, for `manage.py up` and the container alike (`gunicorn shop.wsgi -c python:shop.web_server`)."""

from pathlib import Path
from typing import Any

from shop.environment import DATA_DIR, env

bind = f"{env('BIND', '127.0.0.1')}:{env('PORT', '8000')}"
worker_class = "gthread"
workers = int(env("WEB_WORKERS", "2"))
threads = int(env("WEB_THREADS", "4"))
# One import shared by all workers: less memory, and a killed worker is replaced in milliseconds.
preload_app = True
timeout = 30
# Whoever was let in before SIGTERM gets an answer: the slowest waits 10 s for a provider and as long again for a free thread.
graceful_timeout = 30
keepalive = 5
# The heartbeat file must not wait for a slow disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
control_socket_disable = True
forwarded_allow_ips = env("FORWARDED_ALLOW_IPS", "127.0.0.1")
accesslog = "-" if env("ACCESS_LOG") else None
access_log_format = "%(m)s %(U)s %(s)s %(M)s ms"
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    """Keep four of five threads free of providers that hang."""
    from payments.gateways import bulkhead  # noqa: PLC0415  # Django is set up only now

    at_once = int(env("PROVIDER_CALLS_AT_ONCE", str(max(1, workers * threads // 5))))
    bulkhead.confine(DATA_DIR / "run" / "provider-calls", at_once)
