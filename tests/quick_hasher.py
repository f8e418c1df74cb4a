from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """Saves a third of a second per user; a real server can check its hashes, because they carry their number of rounds."""

    iterations = 1
