"""The processes of the shop itself and how each is started."""

import signal
import sys
from pathlib import Path

from shop.environment import BASE_DIR, env
from shop.servers.program import Program
from shop.web_server import graceful_timeout

UNBUFFERED = {"PYTHONUNBUFFERED": "1"}


def web(listener: int) -> Program:
    """`listener` is the descriptor of the socket it answers on."""
    return Program(
        name="web",
        command=(sys.executable, "-m", "gunicorn", "shop.wsgi", "-c", "python:shop.web_server", f"--bind=fd://{listener}"),
        folder=BASE_DIR,
        environment=UNBUFFERED,
        stop_seconds=graceful_timeout + 2,
        descriptors=(listener,),
    )


def worker() -> Program:
    processes = env("WORKER_PROCESSES", "4")  # more than a small machine has cores: they mostly wait for providers
    # Asked to stop, it takes nothing new and finishes what it has begun, for which a provider may take 10 s. Tasks are acknowledged late
    # and recorded in the outbox, so a killed worker loses none; nothing is gained by lingering as an orphan.
    return Program(
        name="worker",
        command=(
            *_celery("worker"),
            "--pool=prefork",
            f"--concurrency={processes}",
            "--loglevel=INFO",
            "--without-gossip",
            "--without-mingle",
        ),
        folder=BASE_DIR,
        environment=UNBUFFERED | {"PYTHONWARNINGS": "ignore:You're running the worker"},
        stop_seconds=20,
        death_signal=signal.SIGKILL,
    )


def beat(schedule: Path) -> Program:
    return Program(
        name="beat",
        command=(*_celery("beat"), "--loglevel=WARNING", f"--schedule={schedule}", "--pidfile="),
        folder=BASE_DIR,
        environment=UNBUFFERED,
        stop_seconds=2,
        death_signal=signal.SIGKILL,
    )


def preparation() -> Program:
    return Program(name="preparation", command=(sys.executable, "manage.py", "prepare"), folder=BASE_DIR, environment=UNBUFFERED)


def _celery(part: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "--quiet", "--app=shop", part)
