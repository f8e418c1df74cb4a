from typing import Any

from django.core.management.base import BaseCommand

from payments.services.bank_accounts import rotate_keys


class Command(BaseCommand):
    help = "Write all bank details anew under the newest key of BANK_DETAILS_KEYS; afterwards older keys may be taken out."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rotate_keys()} accounts")
