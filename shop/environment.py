"""Reads configuration: the process environment, then `.env`, then what `manage.py up` wrote about its own servers."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from shop.servers.secret import kept_secret

BASE_DIR = Path(__file__).resolve().parent.parent


def read_env_file(path: Path) -> dict[str, str]:
    """`KEY=value` lines of a file; an absent file is empty. Quotes around a value and a comment after it (` #`) are dropped."""
    if not path.is_file():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line and not line.startswith("#"))
    return {key.strip(): _bare(value.strip()) for key, value in pairs}


def _bare(value: str) -> str:
    quote = value[:1]
    if quote in {"'", '"'} and quote in value[1:]:
        return value[1 : value.index(quote, 1)]
    return re.split(r"(?:^|\s)#", value, maxsplit=1)[0].strip()


_FILE = read_env_file(Path(os.environ.get("ENV_FILE") or BASE_DIR / ".env"))
DATA_DIR = Path(os.environ.get("DATA_DIR") or _FILE.get("DATA_DIR") or BASE_DIR / ".data").resolve()
RUNTIME_FILE = DATA_DIR / "run" / "servers.env"
_RUNTIME = read_env_file(RUNTIME_FILE)


def env(name: str, default: str = "") -> str:
    """The value of a setting; an empty value counts as absent."""
    return os.environ.get(name) or _FILE.get(name) or _RUNTIME.get(name) or default


def configured(name: str) -> str:
    """What a person set, in the environment or `.env`; what `manage.py up` wrote about its own servers does not count."""
    return os.environ.get(name) or _FILE.get(name) or ""


def env_flag(name: str, *, default: bool = False) -> bool:
    value = env(name).lower()
    return value in {"1", "true", "yes", "on"} if value else default


def secret_key() -> str:
    """SECRET_KEY from the environment, else one made once per installation and kept in DATA_DIR with mode 0600."""
    return env("SECRET_KEY") or kept_secret(DATA_DIR / "secret_key", size=48)


def database_from_url(url: str) -> dict[str, Any]:
    """Django's DATABASES entry for `postgresql://user:password@host:port/name?host=/socket/dir`."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "core.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(query.pop("port", parts.port or "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": "jishi",
            "options": "-c lock_timeout=2s -c statement_timeout=15s -c idle_in_transaction_session_timeout=20s",
            **query,
        },
    }
