"""Where settings come from."""

from pathlib import Path

import pytest
from django.conf import settings

from shop import environment
from tests.servers import settings_of_the_caller


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAME=plain", "plain"),
        ("NAME = spaced ", "spaced"),
        ("NAME=two words # and a remark", "two words"),
        ("NAME=   # only a remark", ""),
        ("NAME='quoted # not a remark' # a remark", "quoted # not a remark"),
        ('NAME="it\'s"', "it's"),
        ("NAME=a=b#c", "a=b#c"),
    ],
)
def test_a_line_of_the_env_file_is_read_as_people_mean_it(tmp_path: Path, line: str, value: str) -> None:
    (tmp_path / ".env").write_text(f"# a comment\n\n{line}\nOTHER=1\n")

    assert environment.read_env_file(tmp_path / ".env") == {"NAME": value, "OTHER": "1"}


def test_an_absent_env_file_is_empty(tmp_path: Path) -> None:
    assert environment.read_env_file(tmp_path / ".env") == {}


def test_the_example_is_a_valid_env_file_when_uncommented(tmp_path: Path) -> None:
    lines = (environment.BASE_DIR / ".env.example").read_text().splitlines()
    (tmp_path / ".env").write_text("\n".join(line.removeprefix("#") for line in lines if line[:2].strip("#").isupper()))

    values = environment.read_env_file(tmp_path / ".env")

    assert values["PORT"] == "8000"
    assert [name for name, value in values.items() if "#" in value] == []


def test_the_process_environment_wins_and_an_empty_value_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "_FILE", {"NAME": "file"})
    monkeypatch.setattr(environment, "_RUNTIME", {"NAME": "runtime", "SERVER": "runtime"})

    monkeypatch.setenv("NAME", "")
    assert environment.env("NAME") == "file"
    monkeypatch.setenv("NAME", "process")
    assert environment.env("NAME") == "process"
    assert (environment.env("SERVER"), environment.configured("SERVER")) == ("runtime", "")


def test_a_database_address_with_a_socket_folder_keeps_spaces_and_signs() -> None:
    entry = environment.database_from_url("postgresql://jishi:p%40ss@/shop?host=%2Fmy%20data%2Frun")

    assert (entry["USER"], entry["PASSWORD"], entry["HOST"], entry["NAME"]) == ("jishi", "p@ss", "/my data/run", "shop")


def test_a_database_address_with_a_port_keeps_it() -> None:
    entry = environment.database_from_url("postgresql://jishi:secret@db.example:6432/shop?sslmode=require")

    assert (entry["HOST"], entry["PORT"], entry["OPTIONS"]["sslmode"]) == ("db.example", "6432", "require")


def test_what_the_caller_of_the_tests_has_set_does_not_reach_them() -> None:
    caller = {"PORT": "8899", "SITE_URL": "https://x.example", "DEBUG": "1", "PATH": "/bin", "DATABASE_URL": "postgresql:"}

    assert settings_of_the_caller(caller) == {"PORT", "SITE_URL", "DEBUG"}
    assert (settings.SITE_URL, environment.env("PORT")) == ("http://localhost:8000", "")
