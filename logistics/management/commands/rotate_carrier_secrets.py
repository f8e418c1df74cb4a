from typing import Any

from django.core.management.base import BaseCommand

from logistics.services.carrier_accounts import rotate_keys


class Command(BaseCommand):
    help = "Write all secrets of carriers anew under the newest key of CARRIER_SECRET_KEYS; afterwards older keys may be taken out."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rotate_keys()} carriers")
