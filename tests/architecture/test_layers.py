"""Who may know whom. import-linter checks the imports; these check what it cannot see."""

import configparser

from django.apps import apps
from django.db import models

from tests.architecture.layers import ROOT, depth_of, own_apps


def test_every_app_has_a_layer() -> None:
    assert own_apps() == set(depth_of())


def test_the_import_contract_watches_every_app_without_exceptions() -> None:
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")

    assert set(parser["importlinter"]["root_packages"].split()) == own_apps()
    assert "ignore_imports" not in (ROOT / ".importlinter").read_text()


def test_relations_point_down_only() -> None:
    depth = depth_of()
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_config.name in depth
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.OneToOneField | models.ManyToManyField)
        if not _points_down(model, field.related_model, depth)
    ]

    assert upward == []


def _points_down(model: type[models.Model], related: type[models.Model], depth: dict[str, int]) -> bool:
    """Within one app, to a lower layer, or to a table of Django or a library."""
    here, there = model._meta.app_config.name, related._meta.app_config.name
    return here == there or there not in depth or depth[there] > depth[here]
