"""A program that runs as a foreground child and never outlives the process that started it."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

_PR_SET_PDEATHSIG = 1
# Loaded here, before any fork: opening a library between fork and exec may deadlock.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class ServerError(Exception):
    """Something keeps a server from running; the message is one plain sentence for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Account:
    """The system account a child runs under when we are root."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Program:
    """How to start and stop one process.

    `stop_signal` asks for an orderly end within `stop_seconds`; `death_signal` is what the kernel sends when we die first.
    `descriptors` are open files of ours that it is handed under the same numbers.
    """

    name: str
    command: tuple[str, ...]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 6.0
    death_signal: signal.Signals = signal.SIGTERM
    account: Account | None = None
    folder: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    descriptors: tuple[int, ...] = ()

    def popen_options(self) -> dict[str, Any]:
        """Arguments for `subprocess.Popen` and its asyncio twin.

        The child gets its own session, so a Ctrl-C at the terminal reaches only us and we decide the order of stopping.
        Call from the main thread: the kernel ties the death signal to the thread that forked.
        """
        options: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "start_new_session": True,
            "preexec_fn": _dying_with(os.getpid(), self.death_signal),
            "cwd": self.folder,
            "env": {**os.environ, **self.environment},
            "pass_fds": self.descriptors,
        }
        if self.account:
            options |= {"user": self.account.uid, "group": self.account.gid, "extra_groups": []}
        return options


def _dying_with(parent: int, death_signal: signal.Signals) -> Callable[[], None]:
    def set_death_signal() -> None:
        if _LIBC is None:
            return
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # it died between our fork and the call above
            os._exit(1)

    return set_death_signal


class Running:
    """A started program; stop it, or let it die with us."""

    def __init__(self, program: Program, process: subprocess.Popen[bytes]) -> None:
        self.program = program
        self.process = process

    @classmethod
    def start(cls, program: Program, is_ready: Callable[[], bool], *, log: Path, seconds: float = 30.0) -> Self:
        """Start and wait until `is_ready`; output goes to the file `log`.

        Raises: ServerError when it ends early or is not ready in time.
        """
        with log.open("ab") as output:
            process = subprocess.Popen(program.command, stdout=output, stderr=output, **program.popen_options())
        running = cls(program, process)
        deadline = time.monotonic() + seconds
        while not is_ready():
            if process.poll() is not None:
                raise ServerError(f"{program.name} ended at once: {last_line(log)}")
            if time.monotonic() > deadline:
                running.stop()
                raise ServerError(f"{program.name} was not ready after {seconds:.0f} seconds; see {log}.")
            time.sleep(0.02)
        return running

    def stop(self, stop_signal: signal.Signals | None = None) -> None:
        if self.process.poll() is None:
            self.process.send_signal(stop_signal or self.program.stop_signal)
        try:
            self.process.wait(self.program.stop_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "it said nothing")
