"""`manage.py up`: the whole shop with one command. manage.py takes a short cut past Django; this is the entry for everyone else."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from shop.supervisor.house import main


class Command(BaseCommand):
    help = "Starts everything: PostgreSQL and Valkey if there are none, the web server, the worker and the clock. Ctrl-C stops it."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(main())
