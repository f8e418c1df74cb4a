"""`manage.py update_messages`: brings the translators' file up to date with the source; what is new is left empty."""

from typing import Any

from babel.messages.pofile import read_po, write_po
from django.core.management.base import BaseCommand

from shop.environment import BASE_DIR
from shop.message_sources import brought_up_to_date, untranslated


class Command(BaseCommand):
    help = "Collects every text into locale/zh_Hans; new ones are left empty for a translator, those no longer used go."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        path = BASE_DIR / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
        with path.open("rb") as file:
            catalog = brought_up_to_date(read_po(file, locale="zh_Hans"))
        with path.open("wb") as file:
            write_po(file, catalog, width=0)
        self.stdout.write(f"{len(catalog)} texts, {len(untranslated(catalog))} to translate in {path.relative_to(BASE_DIR)}")
