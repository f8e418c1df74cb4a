"""Mail: every message is kept in the mail table; with an SMTP server in EMAIL_URL or EMAIL_HOST it is also sent from there."""

from typing import Any
from urllib.parse import unquote, urlsplit

from shop.environment import env, env_flag

EMAIL_BACKEND = "support.mailbox.MailboxBackend"
MAIL_DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env("MAIL_FROM", "Jishi 集市 <no-reply@localhost>")
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""


def server_from_url(url: str) -> dict[str, Any]:
    """The parts of `smtp://user:password@host:port`; `smtp+tls` upgrades with STARTTLS, `smtps` speaks TLS from the first byte."""
    parts = urlsplit(url)
    ports = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
    if parts.scheme not in ports or not parts.hostname:
        raise ValueError("EMAIL_URL must look like smtp+tls://user:password@host:587 (or smtp://, smtps://)")
    return {
        "host": parts.hostname,
        "port": parts.port or ports[parts.scheme],
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "tls": parts.scheme == "smtp+tls",
        "ssl": parts.scheme == "smtps",
    }


_server = (
    server_from_url(env("EMAIL_URL"))
    if env("EMAIL_URL")
    else {
        "host": env("EMAIL_HOST"),
        "port": int(env("EMAIL_PORT", "25")),
        "user": env("EMAIL_HOST_USER"),
        "password": env("EMAIL_HOST_PASSWORD"),
        "tls": env_flag("EMAIL_USE_TLS"),
        "ssl": env_flag("EMAIL_USE_SSL"),
    }
)
EMAIL_HOST = _server["host"]
EMAIL_PORT = _server["port"]
EMAIL_HOST_USER = _server["user"]
EMAIL_HOST_PASSWORD = _server["password"]
EMAIL_USE_TLS = _server["tls"]
EMAIL_USE_SSL = _server["ssl"]
EMAIL_TIMEOUT = 10
