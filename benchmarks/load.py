"""The load: wrk when it is installed, else an asyncio client; both keep connections open and report requests and latencies."""

import asyncio
import re
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PERCENTILES = Path(__file__).with_name("percentiles.lua")


@dataclass(frozen=True)
class Result:
    """What one load reached; latencies in milliseconds."""

    requests: int
    seconds: float
    p50: float
    p95: float
    p99: float
    errors: int

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


def run(url: str, *, seconds: float, connections: int, cpus: set[int] | None) -> Result:
    """GET `url` for a while over that many connections, from the given cores."""
    if shutil.which("wrk"):
        return _wrk(url, seconds, connections, cpus)
    return asyncio.run(_own(url, seconds, connections))


def _wrk(url: str, seconds: float, connections: int, cpus: set[int] | None) -> Result:
    pin = ["taskset", "-c", ",".join(map(str, cpus))] if cpus and shutil.which("taskset") else []
    command = [*pin, "wrk", "-t1", f"-c{connections}", f"-d{round(seconds)}s", "--timeout", "30s", "-s", str(PERCENTILES), url]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", output)
    if found is None:
        raise RuntimeError(output)
    requests, microseconds, p50, p95, p99, errors = map(int, found.groups())
    return Result(requests, microseconds / 1e6, p50 / 1e3, p95 / 1e3, p99 / 1e3, errors)


async def _skip_body(reader: asyncio.StreamReader, head: bytes) -> None:
    """Read to the end of a body whose length is said, or that comes in chunks, as Django's without a middleware that counts."""
    if b"transfer-encoding: chunked" in head:
        size = 1
        while size:
            size = int(await reader.readuntil(b"\r\n"), 16)
            await reader.readexactly(size + len(b"\r\n"))
    elif length := re.search(rb"content-length: (\d+)", head):
        await reader.readexactly(int(length[1]))


async def _own(url: str, seconds: float, connections: int) -> Result:
    times: list[float] = []
    errors = 0
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    request = f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    until = time.perf_counter() + seconds

    async def client() -> None:
        nonlocal errors
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        while time.perf_counter() < until:
            started = time.perf_counter()
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            await _skip_body(reader, head.lower())
            errors += not head.startswith(b"HTTP/1.1 200")
            times.append(time.perf_counter() - started)
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(connections)))
    cuts = statistics.quantiles(times, n=100)
    return Result(len(times), time.perf_counter() - started, cuts[49] * 1e3, cuts[94] * 1e3, cuts[98] * 1e3, errors)
