"""A process of the pool: Django is set up in it before it is handed any work, and it counts into the number all of them share."""

import os
from typing import Any

import django

_shared: dict[str, Any] = {}


def begin(database_url: str, done: Any) -> None:
    os.environ["DATABASE_URL"] = database_url
    _shared["done"] = done
    django.setup()


def add(count: int) -> None:
    with _shared["done"].get_lock():
        _shared["done"].value += count
