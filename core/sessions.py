"""Django's sessions in the database, made with one statement instead of four."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError
from django.db import IntegrityError
from django.utils.crypto import get_random_string

from core.compiled import insert


class SessionStore(db.SessionStore):
    """Does not look whether a new key is taken: it has 165 random bits, and saving one that is taken fails and draws another."""

    def _get_new_session_key(self) -> str:
        return get_random_string(32, VALID_KEY_CHARS)

    def save(self, must_create: bool = False) -> None:
        if not must_create:
            return super().save()
        try:
            insert([self.create_model_instance(self._get_session(no_load=True))])  # type: ignore[attr-defined]
        except IntegrityError as error:
            raise CreateError from error
