"""The order of things: servers, preparation, the shop's processes, the address; and all of it backwards."""

import asyncio
import os
import signal
import socket

from shop.environment import DATA_DIR, RUNTIME_FILE, configured, env
from shop.probe import readiness
from shop.servers.postgres import PostgresServer
from shop.servers.program import ServerError
from shop.servers.valkey import ValkeyServer
from shop.supervisor import programs
from shop.supervisor.child import Child, end_session
from shop.supervisor.installation import MARK, demo_password, end_leftovers, only_one, take_port, write_runtime
from shop.supervisor.logins import DEMO_LOGINS
from shop.supervisor.output import BOLD, Output

SERVER_SECONDS, WEB_SECONDS = 60.0, 120.0
VALKEY_NOISE = "overcommit_memory|signal-handler|ready to exit"


class House:
    """Everything that `manage.py up` starts; `run()` returns the exit code."""

    def __init__(self, output: Output) -> None:
        self.output = output
        self.address = env("BIND", "127.0.0.1")
        self.port = env("PORT", "8000")
        self.has_demo = env("DEMO") != "none"
        self.children: list[Child] = []
        self.runtime: dict[str, str] = {}
        self._step: asyncio.subprocess.Process | None = None
        self._listener: socket.socket | None = None

    async def run(self) -> int:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        try:
            with only_one(DATA_DIR):
                return await self._run_until(stop)
        except (ServerError, OSError) as error:
            return self._fail(error)

    async def _run_until(self, stop: asyncio.Event) -> int:
        code = 0
        opening, stopping = asyncio.create_task(self._open()), asyncio.create_task(stop.wait())
        try:
            await asyncio.wait({opening, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if opening.done():
                opening.result()
                await stopping
        except (ServerError, OSError) as error:
            code = self._fail(error)
        finally:
            opening.cancel()
            stopping.cancel()
            await asyncio.gather(opening, stopping, return_exceptions=True)
            await self._close()
        return code

    def _fail(self, error: Exception) -> int:
        self.output.say(f"\n  {error}\n")
        return 1

    async def _open(self) -> None:
        os.environ[MARK] = str(DATA_DIR)
        await asyncio.to_thread(end_leftovers, DATA_DIR)
        listener = self._listener = take_port(self.address, self.port)
        await self._open_database()
        await self._open_broker()
        if self.has_demo:
            self.runtime |= {"DEMO_MODE": "1", "DEMO_PASSWORD": demo_password(DATA_DIR, configured("DEMO_PASSWORD"))}
        write_runtime(RUNTIME_FILE, self.runtime)
        await self._prepare()
        with self.output.step("web server and worker"):
            web = self._begin(Child("web", lambda: programs.web(listener.fileno()), self.output, is_ready=lambda: readiness() == "ok"))
            # Before the web server is green: it is not while old events wait, and only the worker can hand them on.
            self._begin(Child("worker", programs.worker, self.output))
            self._begin(Child("beat", lambda: programs.beat(DATA_DIR / "run" / "beat-schedule"), self.output))
            await web.ready(WEB_SECONDS)
        self._welcome()

    def _begin(self, child: Child) -> Child:
        self.children.append(child)
        child.begin()
        return child

    async def _open_database(self) -> None:
        if configured("DATABASE_URL"):
            self.output.say("  · PostgreSQL as DATABASE_URL says")
            return
        with self.output.step("PostgreSQL") as notes:
            server = PostgresServer(DATA_DIR)
            notes.append(f"{server.binaries.version} ({server.binaries.origin})")
            await asyncio.to_thread(server.prepare)
            child = self._begin(Child("PostgreSQL", lambda: server.program, self.output, before=server.prepare, is_ready=server.is_ready))
            await child.ready(SERVER_SECONDS)
            await asyncio.to_thread(server.ensure_database)
            self.runtime |= {"DATABASE_URL": server.app_url, "DATABASE_OWNER_URL": server.url}

    async def _open_broker(self) -> None:
        if configured("REDIS_URL"):
            self.output.say("  · Valkey as REDIS_URL says")
            return
        with self.output.step("Valkey"):
            server = ValkeyServer(DATA_DIR)
            server.prepare()
            child = Child(
                "Valkey", lambda: server.program, self.output, before=server.prepare, is_ready=server.is_ready, noise=VALKEY_NOISE
            )
            self._begin(child)
            await child.ready(SERVER_SECONDS)
            self.runtime["REDIS_URL"] = server.url

    async def _prepare(self) -> None:
        """Migrations, static files and the demo, in a process of its own: only there do the settings know the servers."""
        program = programs.preparation()
        self._step = await asyncio.create_subprocess_exec(*program.command, **program.popen_options())
        if code := await self._step.wait():
            raise ServerError(f"The preparation ended with code {code}; its own words are above.")

    def _welcome(self) -> None:
        address = f"http://localhost:{self.port}"
        say = self.output.say
        say()
        say(f"  {self.output.paint('Jishi 集市 is open:', BOLD)} {self.output.paint(address, BOLD)}")
        say(f"  merchants: {address}/merchant/   operator: {address}/admin/   partners: {address}/api/docs/")
        if self.has_demo:
            say()
            for login, who in DEMO_LOGINS.items():
                say(f"    {login:<28} {who}")
            say(f"    password of all four: {self.runtime['DEMO_PASSWORD']}")
        else:
            say("  An operator is made with: .venv/bin/python manage.py createsuperuser")
        say()
        say("  Ctrl-C stops everything.")
        say()

    async def _close(self) -> None:
        """Backwards: first those who make work, last the database they all need."""
        if self._step and self._step.returncode is None:
            self._step.terminate()
            await self._step.wait()
            end_session(self._step.pid)
        if self.children:
            self.output.say("\n  Stopping")
        for child in reversed(self.children):
            await child.stop()
        if self._listener:
            self._listener.close()
        self.output.say("  Everything has stopped.")


def main() -> int:
    """Run the house until somebody stops it; returns the exit code."""
    return asyncio.run(House(Output()).run())
