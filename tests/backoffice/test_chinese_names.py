"""Everything that names a model or a column in the back offices has a Chinese name."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten, flatten_fieldsets, label_for_field
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import override

from merchants.admin.site import merchant_site

HAN = re.compile(r"[\u4e00-\u9fff]")
SAME_IN_CHINESE = {"SKU", "slug", "PDF"}


def labels_of(model: Any, page: Any) -> Iterator[str]:
    yield from (model._meta.verbose_name, model._meta.verbose_name_plural)
    names = [*getattr(page, "list_display", ()), *page.readonly_fields, *(page.fields or ()), *flatten_fieldsets(page.fieldsets or ())]
    for name in flatten(names):
        try:
            yield str(label_for_field(name, model, page))
        except AttributeError:  # a field of the form only, which labels itself
            continue


def filter_titles(model: Any, page: Any) -> Iterator[str]:
    for entry in page.list_filter:
        name = entry[0] if isinstance(entry, tuple) else entry
        try:
            yield str(model._meta.get_field(name).verbose_name) if isinstance(name, str) else str(name.title)
        except FieldDoesNotExist:
            continue


def test_every_name_in_the_back_offices_is_chinese() -> None:
    english = set()
    with override("zh-hans"):
        for site in (admin.site, merchant_site):
            for model, page in site._registry.items():
                names = [str(model._meta.app_config.verbose_name), *labels_of(model, page), *filter_titles(model, page)]
                names += [name for inline in page.inlines for name in labels_of(inline.model, inline)]
                english |= {f"{model.__name__}: {name}" for name in names if not HAN.search(str(name)) and name not in SAME_IN_CHINESE}

    assert english == set()
