"""`manage.py prepare`: what has to be true before the web server starts. A second run finds little to do."""

import hashlib
import sys
from io import StringIO
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, ProgrammingError, connection
from django.db.migrations.executor import MigrationExecutor

from catalog.models import Product
from shop.environment import DATA_DIR, env
from shop.messages import compile_messages
from shop.rights import connect_as_owner, settle
from shop.servers.secret import write_private
from shop.supervisor.logins import DEMO_LOGINS
from shop.supervisor.output import Output


class Command(BaseCommand):
    help = "Applies migrations, collects static files and loads the demo into an empty catalogue (DEMO=small|none)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--files-only", action="store_true", help="translations and static files: what can be made without a database")

    def handle(self, *args: Any, **options: Any) -> None:
        self.out = Output()
        with self.out.step("translations") as notes:
            notes.append(f"({compile_messages()} compiled)")
        self._collect_static()
        if not options["files_only"]:
            self._prepare_database()

    def _prepare_database(self) -> None:
        connect_as_owner()
        try:
            self._migrate()
        except OperationalError as error:
            self._give_up(f"The database did not answer: {error}")
        except ProgrammingError as error:
            self._give_up(f"The database refused to make the tables: {error}")
        if settings.DEMO_MODE and env("DEMO") != "none":
            self._load_demo()
            self._set_demo_passwords()

    def _give_up(self, reason: str) -> NoReturn:
        self.out.say(f"\n  {reason.strip().splitlines()[0]}")
        sys.exit(1)

    def _migrate(self) -> None:
        with self.out.step("tables") as notes:
            executor = MigrationExecutor(connection)
            plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
            if plan:
                call_command("migrate", interactive=False, verbosity=0, stdout=StringIO())
            else:
                settle()
            notes.append(f"({len(plan)} migrations)")

    def _collect_static(self) -> None:
        """Naming and compressing every file takes seconds, so it is done only when a file differs from the last time."""
        Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
        stamp = Path(settings.STATIC_ROOT).with_name("static.stamp")
        fingerprint = _fingerprint_of_static_files()
        if settings.STATIC_FROM_SOURCE or (stamp.exists() and stamp.read_text() == fingerprint):
            return
        with self.out.step("static files"):
            call_command("collectstatic", interactive=False, verbosity=0, clear=True)
            stamp.write_text(fingerprint)

    def _load_demo(self) -> None:
        """Load into an empty catalogue, or again when the last loading was interrupted."""
        unfinished = DATA_DIR / "demo.unfinished"
        if Product.objects.exists() and not unfinished.exists():
            return
        with self.out.step("demo marketplace"):
            unfinished.touch()
            call_command("load_demo", small=env("DEMO") == "small")
            unfinished.unlink()

    def _set_demo_passwords(self) -> None:
        """Give all demo logins the password that was asked for, when it is not the one they have."""
        known = DATA_DIR / "demo_password"
        if known.exists() and known.read_text() == settings.DEMO_PASSWORD:
            return
        for user in get_user_model().objects.filter(email__in=DEMO_LOGINS):
            user.set_password(settings.DEMO_PASSWORD)
            user.save(update_fields=["password"])
        write_private(known, settings.DEMO_PASSWORD)


def _fingerprint_of_static_files() -> str:
    """Changes when a static file is added, removed or written."""
    digest = hashlib.sha256(str(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list(None):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime:.0f}\n".encode())
    return digest.hexdigest()
