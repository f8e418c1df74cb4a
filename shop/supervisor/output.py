"""What a person sees at the terminal: steps with their times, then one merged log."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

COLOURS = {"web": 36, "worker": 35, "beat": 33, "PostgreSQL": 34, "Valkey": 31}
BOLD, DIM, GREEN, RED = 1, 2, 32, 31


class Output:
    """Writes whole lines; without a terminal, without colours."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        self.coloured = self.stream.isatty() and not os.environ.get("NO_COLOR")

    def paint(self, text: str, code: int) -> str:
        return f"\033[{code}m{text}\033[0m" if self.coloured else text

    def say(self, text: str = "") -> None:
        try:
            self.stream.write(text + "\n")
            self.stream.flush()
        except UnicodeEncodeError:
            self.say(text.encode("ascii", "replace").decode())
        except (OSError, ValueError):
            pass  # the terminal is gone or `| head` has read enough: the shop goes on, and stopping it must still work

    def log(self, name: str, line: str) -> None:
        """One line of a child, behind its name."""
        self.say(f"{self.paint(f'{name:>10}', COLOURS.get(name, DIM))} {self.paint('|', DIM)} {line}")

    @contextmanager
    def step(self, title: str) -> Iterator[list[str]]:
        """Print a step when it is done, with its time. Append to the yielded list what is worth telling."""
        started = time.monotonic()
        notes: list[str] = []
        try:
            yield notes
        except BaseException:
            self.say(f"  {self.paint('✘', RED)} {title}")
            raise
        told = " ".join([title, *notes])
        self.say(f"  {self.paint('✔', GREEN)} {told:<60} {self.paint(f'{time.monotonic() - started:5.1f} s', DIM)}")
