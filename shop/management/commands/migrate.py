from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate
from django.db import DEFAULT_DB_ALIAS

from shop.rights import connect_as_owner, settle


class Command(migrate.Command):
    help = f"{migrate.Command.help} Then gives the database's roles the rights that the models now want."

    def handle(self, *args: Any, **options: Any) -> None:
        connect_as_owner()
        super().handle(*args, **options)
        changes_nothing = options["plan"] or options["check_unapplied"]
        if not changes_nothing and not options["app_label"] and options["database"] == DEFAULT_DB_ALIAS:
            settle()
