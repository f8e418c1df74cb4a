import sys
from typing import Any

from django.core.management.base import BaseCommand

from shop.doctor import examine

SIGNS = {"ok": "✔", "note": "·", "bad": "✘"}


class Command(BaseCommand):
    help = "Looks at versions, data folder, servers, locale, extensions, port and browser; exits with 1 when something cannot work."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        styles = {"ok": self.style.SUCCESS, "note": self.style.WARNING, "bad": self.style.ERROR}
        levels = set()
        for finding in examine():
            levels.add(finding.level)
            self.stdout.write(f"  {styles[finding.level](SIGNS[finding.level])} {finding.subject:<11} {finding.text}")
        if "bad" in levels:
            sys.exit(1)
