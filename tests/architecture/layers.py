"""The map as import-linter's contract draws it: one source for both."""

import configparser
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]


def read_layers() -> list[set[str]]:
    """The layers from top to bottom."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    lines = parser["importlinter:contract:layers"]["layers"].split("\n")
    return [{name.strip() for name in line.split("|")} for line in lines if line.strip()]


def depth_of() -> dict[str, int]:
    """Each app's layer number; a greater one lies deeper."""
    return {name: depth for depth, layer in enumerate(read_layers()) for name in layer}


def own_apps() -> set[str]:
    """Apps that live in this tree."""
    return {config.name for config in apps.get_app_configs() if Path(config.path).parent == ROOT}
