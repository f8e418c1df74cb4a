"""Django's sessions in the database, made with one statement less."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.utils.crypto import get_random_string


class SessionStore(db.SessionStore):
    """Does not look whether a new key is taken: it has 165 random bits, and saving one that is taken fails and draws another."""

    def _get_new_session_key(self) -> str:
        return get_random_string(32, VALID_KEY_CHARS)
