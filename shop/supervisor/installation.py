"""What one installation keeps between starts, and what a killed predecessor may have left behind."""

import errno
import fcntl
import os
import secrets
import shutil
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from shop.servers import placement
from shop.servers.postgres import stop_leftovers
from shop.servers.program import ServerError
from shop.servers.secret import write_private

# Every child carries this variable with the data folder, so that leftovers are recognised by what they are, not by a process number.
MARK = "JISHI_SUPERVISED"
LEFTOVER_SECONDS = 6.0
OWN_FOLDERS = ("run", "static", "media")
OWN_FILES = ("postgres_password", "valkey_password", "demo_password", "secret_key", "static.stamp", "demo.unfinished")


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Hold the installation; the lock ends with the process, however that ends.

    Raises: ServerError when another `manage.py up` holds it.
    """
    path = data_dir / "run" / "up.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise ServerError(f"The shop already runs from {data_dir} (process {file.read().strip()}): stop that one first.") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def end_leftovers(data_dir: Path) -> int:
    """End processes of a killed supervisor that the system did not end with it; PostgreSQL is left to its own orderly way."""
    left = [process for process in psutil.process_iter() if _is_leftover(process, data_dir)]
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(left, timeout=LEFTOVER_SECONDS)
    for process in stubborn:
        process.kill()
    psutil.wait_procs(stubborn, timeout=2)
    return len(left)


def _is_leftover(process: psutil.Process, data_dir: Path) -> bool:
    try:
        return process.environ().get(MARK) == str(data_dir) and process.pid != os.getpid() and not process.name().startswith("postgres")
    except psutil.Error:
        return False


def take_port(address: str, port_text: str) -> socket.socket:
    """The socket that one web server after the other listens on.

    It is kept while they change, so that whoever connects meanwhile waits for the next one and is not refused.

    Raises: ServerError naming the port.
    """
    if not port_text.isdigit() or not 0 < int(port_text) < 65536:
        raise ServerError(f"PORT={port_text} is no port: use a number from 1 to 65535.")
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, int(port_text)))
    except OSError as error:
        listener.close()
        raise ServerError(_refusal(error, address, int(port_text))) from None
    return listener


def _refusal(error: OSError, address: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken by another program: stop that one, or choose another port (PORT={port + 1} make run)."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than this account has: choose one above 1023 (PORT=8000 make run)."
    return f"Cannot listen on {address}, port {port}: {error.strerror}."


def write_runtime(path: Path, values: Mapping[str, str]) -> None:
    """Tell other commands where the servers are; the file holds passwords, so only its owner reads it."""
    write_private(path, "".join(f"{name}={value}\n" for name, value in values.items()))


def demo_password(data_dir: Path, wanted: str) -> str:
    """The password of the demo logins: the one asked for, else the one they have, else a random one. `manage.py prepare` sets it."""
    kept = data_dir / "demo_password"
    return wanted or (kept.read_text().strip() if kept.exists() else secrets.token_urlsafe(9))


def remove(data_dir: Path) -> None:
    """Remove what this installation made, name by name: DATA_DIR may be a folder that holds other things too."""
    home = placement.server_home(data_dir, placement.unprivileged_account())
    stop_leftovers(home / "cluster")
    for folder in (home, placement.socket_folder(home, data_dir), *(data_dir / name for name in OWN_FOLDERS)):
        shutil.rmtree(folder, ignore_errors=True)
    for name in OWN_FILES:
        (data_dir / name).unlink(missing_ok=True)
