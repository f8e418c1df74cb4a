"""One supervised process: started, its output merged, started again when it crashes, stopped in order."""

import asyncio
import os
import re
import signal
import time
from collections.abc import Callable, Coroutine

from shop.servers.program import Program, ServerError
from shop.supervisor.output import Output

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
CLEAN_END = "ended in order"
STEADY_AFTER = 10.0
FAILURES_BEFORE_GIVING_UP = 4
LONGEST_LINE = 1 << 20


class Child:
    """Keeps one program running. `before` runs ahead of each start, `is_ready` says when others may rely on it.

    `noise` is a pattern of lines that tell a person nothing.
    """

    def __init__(
        self,
        name: str,
        program: Callable[[], Program],
        output: Output,
        *,
        before: Callable[[], None] = lambda: None,
        is_ready: Callable[[], bool] = lambda: True,
        noise: str = "",
    ) -> None:
        self.name = name
        self.output = output
        self.early_ends = 0
        self._program = program
        self._before = before
        self._is_ready = is_ready
        self._noise = re.compile(noise or r"(?!)")
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = False
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self) -> None:
        self._keep(self._keep_running())

    async def ready(self, seconds: float) -> None:
        """Wait until it is ready.

        Raises: ServerError when it keeps ending or the time is over.
        """
        deadline = time.monotonic() + seconds
        while not await asyncio.to_thread(self._is_ready):
            if self.early_ends >= FAILURES_BEFORE_GIVING_UP:
                raise ServerError(f"{self.name} ended {self.early_ends} times while starting; its own words are above.")
            if time.monotonic() > deadline:
                raise ServerError(f"{self.name} was not ready after {seconds:.0f} seconds.")
            await asyncio.sleep(0.1)

    async def _keep_running(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping:
            started = time.monotonic()
            ending = await self._run_once()
            if self._stopping:
                return
            is_steady = time.monotonic() - started > STEADY_AFTER
            self.early_ends = 0 if is_steady else self.early_ends + 1
            # A release asks each process to end, perhaps twice in a row: its successor is awaited.
            pause = FIRST_PAUSE if is_steady or ending == CLEAN_END else pause
            self.output.log(self.name, f"{ending}; starting it again in {pause:.1f} s")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _run_once(self) -> str:
        """Run to the end; returns how it ended, in words."""
        try:
            await asyncio.to_thread(self._before)
            program = self._program()
            self._process = await self._spawn(program)
        except (OSError, ServerError) as error:
            return f"could not start: {error}"
        code = await self._process.wait()
        end_session(self._process.pid)
        if code == 0:
            return CLEAN_END
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"

    async def _spawn(self, program: Program) -> asyncio.subprocess.Process:
        # Our own pipe, not asyncio's: there wait() may last until grandchildren close theirs, and a restart must not.
        reading, writing = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(*program.command, stdout=writing, stderr=writing, **program.popen_options())
        except OSError:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._keep(self._read(reading))
        return process

    async def _read(self, descriptor: int) -> None:
        reader = asyncio.StreamReader(limit=LONGEST_LINE)
        pipe = os.fdopen(descriptor, "rb", buffering=0)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
        try:
            while line := await reader.readline():
                text = line.decode(errors="replace").rstrip()
                if text and not self._noise.search(text):
                    self.output.log(self.name, text)
        except ValueError:
            self.output.log(self.name, "(a line over 1 MB was dropped, and what follows it until the next start)")
        finally:
            transport.close()

    async def stop(self) -> None:
        """Ask it to end, wait as long as the program allows, then end it. Nothing it started stays behind."""
        self._stopping = True
        process = self._process
        if process is not None and process.returncode is None:
            program = self._program()
            process.send_signal(program.stop_signal)
            try:
                await asyncio.wait_for(process.wait(), program.stop_seconds)
            except TimeoutError:
                self.output.log(self.name, f"still busy after {program.stop_seconds:.0f} s: ended")
                process.kill()
                await process.wait()
            end_session(process.pid)
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=0.5)  # its last words
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _keep(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def end_session(leader: int) -> None:
    """End what a killed leader left: gunicorn's workers would keep the port, Celery's the tasks."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
