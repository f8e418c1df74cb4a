from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import invariants


class Command(BaseCommand):
    help = "Looks at every invariant view; prints the rows that should not exist and exits with 1 when there are any."

    def handle(self, *args: Any, **options: Any) -> None:
        found = invariants.violations()
        for name, rows in found.items():
            for row in rows:
                self.stdout.write(f"{name}: " + ", ".join(f"{key}={value}" for key, value in row.items()))
        if found:
            raise CommandError(f"{len(found)} of {len(invariants.names())} invariants are violated.")
        self.stdout.write(f"{len(invariants.names())} invariants hold.")
