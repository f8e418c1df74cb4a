from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.jobs import JobRunning
from recommend.services.training import train


class Command(BaseCommand):
    """Train the recommendation models now, in this process, and make them live unless they are worse."""

    help = "Train the recommendation models now."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            version = train(clock=timezone.now, actor="system:command", listen=self._say)
        except JobRunning as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{version.status}: {version.metrics}")

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()
