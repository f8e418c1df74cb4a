"""The locks install exactly what was asked for, from files whose hashes are known."""

import re

import pytest

from tests.architecture.layers import ROOT

LOCKS = ["requirements", "requirements-dev"]
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)")


def asked_for(name: str) -> set[str]:
    lines = [line.split("#")[0].strip() for line in (ROOT / f"{name}.in").read_text().splitlines()]
    names = {_normal(re.split(r"[\[<>=;~! ]", line)[0]) for line in lines if line and not line.startswith("-r")}
    return names | (asked_for("requirements") if "-r requirements.in" in lines else set())


def locked(name: str) -> dict[str, str]:
    """Each locked package with its entry: version, hashes and the reason it is there."""
    text = (ROOT / f"{name}.txt").read_text()
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    return {_normal(re.split(r"[\[=]", entry)[0]): entry for entry in entries}


def version(entry: str) -> str:
    match = PINNED.match(entry)
    return match[2] if match else "not pinned"


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_with_hashes(name: str) -> None:
    packages = locked(name)

    assert len(packages) > 20
    assert [package for package, entry in packages.items() if version(entry) == "not pinned" or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_answers_exactly_what_was_asked_for(name: str) -> None:
    directly_required = {package for package, entry in locked(name).items() if "-r requirements" in entry}

    assert directly_required == asked_for(name)


def test_both_locks_agree_on_every_version() -> None:
    development = locked("requirements-dev")

    assert [name for name, entry in locked("requirements").items() if version(development[name]) != version(entry)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_names_an_index(name: str) -> None:
    assert [entry for entry in locked(name).values() if "://" in entry] == []
