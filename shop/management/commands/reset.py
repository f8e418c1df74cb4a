from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shop.environment import DATA_DIR, configured
from shop.servers.program import ServerError
from shop.supervisor.installation import end_leftovers, only_one, remove


class Command(BaseCommand):
    help = "Removes what `manage.py up` made: the embedded database, pictures, passwords. The next start begins afresh."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        if configured("DATABASE_URL"):
            self.stdout.write("DATABASE_URL is set: that database is not touched, only the files here.")
        if not options["yes"] and not _agrees():
            raise CommandError("Nothing was removed.")
        try:
            with only_one(DATA_DIR):
                end_leftovers(DATA_DIR)
                remove(DATA_DIR)
        except ServerError as error:
            raise CommandError(str(error)) from None
        self.stdout.write("Removed.")


def _agrees() -> bool:
    try:
        return input(f"Remove the shop's data in {DATA_DIR}? Type yes: ").strip().lower() == "yes"
    except EOFError:  # nobody is there to answer
        return False
