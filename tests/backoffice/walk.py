"""Finds every address of an admin site, so that a page somebody adds tomorrow is walked without anybody remembering it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.urls import URLPattern, URLResolver, reverse

from catalog.models import Product, ProductImport
from core.ids import uuid7
from logistics.models import RoutePlan, Shipment, VehicleRoute, Warehouse, Wave
from merchants.models import Merchant
from merchants.permissions import Duty

# Pages of the site itself that show nothing of any shop; login and logout answer everybody.
SITE_PAGES = {"index", "password_change", "password_change_done", "jsi18n", "search", "autocomplete"}
OPEN_PAGES = {"login", "logout"}
ROW_PAGES = {"change", "delete", "history"}
LIST_PAGES = {"changelist", "add"}
# Pages that a model's admin adds of its own: with the key of a row, and without.
OWN_ROW_PAGES = {"payments_ledgeraccount_statement", "payments_ledgeraccount_statement_csv"}
OWN_LIST_PAGES = {
    "payments_ledgeraccount_chart",
    "payments_ledgeraccount_trial_balance",
    "payments_ledgeraccount_trial_balance_csv",
    "payments_bankline_import",
}


@dataclass(frozen=True)
class PageRows:
    """What the walk asks of a model's admin, for pages of rows whose model has none on the site."""

    model: type[models.Model]
    duty: Duty
    tenant_path: str = "merchant"


# Pages about one row that belong to no model's admin.
ROW_OF_PAGE: dict[str, type[models.Model]] = {
    "customs-form": Shipment,
    "import": ProductImport,
    "import-failed": ProductImport,
    "digital-files": Product,
    "route-plan": RoutePlan,
    "drive": VehicleRoute,
    "floor": Warehouse,
    "wave": Wave,
    "wave-pick": Wave,
    "wave-pack": Wave,
}


class UnknownAddress(AssertionError):
    """An address the walk does not know how to try: teach it, so that the address is tested."""


@dataclass(frozen=True)
class Address:
    """One route of a site. `kind` is site, page, list, row, row_action, list_action, app or open."""

    kind: str
    name: str
    model_admin: Any = None
    action: str = ""

    def url(self, site: str, pk: Any = None) -> str:
        if self.kind in {"row", "row_action"}:
            return reverse(f"{site}:{self.name}", args=[pk or uuid7()])
        if self.kind == "app":
            return reverse(f"{site}:{self.name}", kwargs={"app_label": self.action})
        return reverse(f"{site}:{self.name}")


def addresses(site: Any) -> Iterator[Address]:
    """All routes of a site; UnknownAddress for one that fits nothing known."""
    owners = {f"{model._meta.app_label}_{model._meta.model_name}": model_admin for model, model_admin in site._registry.items()}
    duties = {name: duty for _, name, duty, _ in getattr(site, "pages", [])}
    pages = set(duties)
    for pattern in _patterns(site.get_urls()):
        name = pattern.name
        if name is None:
            _expect_harmless(pattern)
        elif name in ROW_OF_PAGE:
            yield Address("row", name, PageRows(ROW_OF_PAGE[name], duties[name]), "own")
        elif name in OPEN_PAGES | SITE_PAGES | pages:
            yield Address("open" if name in OPEN_PAGES else "page" if name in pages else "site", name)
        elif name in OWN_ROW_PAGES | OWN_LIST_PAGES:
            yield Address("row" if name in OWN_ROW_PAGES else "list", name, action="own")
        elif name == "app_list":
            for label in sorted({model._meta.app_label for model in site._registry}):
                yield Address("app", name, action=label)
        else:
            yield _of_model(name, owners)


def _of_model(name: str, owners: dict[str, Any]) -> Address:
    owner = max((key for key in owners if name.startswith(f"{key}_")), key=len, default="")
    what = name.removeprefix(f"{owner}_")
    model_admin = owners.get(owner)
    if model_admin is not None and what in LIST_PAGES | ROW_PAGES:
        return Address("list" if what in LIST_PAGES else "row", name, model_admin, what)
    if model_admin is not None and what in model_admin._extract_action_names(model_admin.actions_detail):
        return Address("row_action", name, model_admin, what)
    if model_admin is not None and what in model_admin._extract_action_names(model_admin.actions_list):
        return Address("list_action", name, model_admin, what)
    raise UnknownAddress(name)


def _patterns(patterns: list[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns)
        else:
            yield pattern


def _expect_harmless(pattern: URLPattern) -> None:
    """Django's two nameless routes: the catch-all, and the redirect from /<pk>/ to /<pk>/change/."""
    route = str(pattern.pattern)
    if route not in {"(?P<url>.*)$", "<path:object_id>/"}:
        raise UnknownAddress(route)


def rows_of(model_admin: Any, merchant: Merchant) -> list[Any]:
    """Keys of a merchant's rows of an admin's model, whoever may see them, oldest first: a shop's oldest row is one its members see."""
    rows = model_admin.model._base_manager.filter(**{model_admin.tenant_path: merchant.pk})
    return list(rows.order_by("pk").values_list("pk", flat=True))


def snapshot(merchant: Merchant) -> dict[str, list[Any]]:
    """Everything the database holds of a merchant, row by row."""
    found = {"merchant": list(Merchant.objects.filter(pk=merchant.pk).values())}
    for model in apps.get_models():
        for path in _paths_to_merchant(model):
            found[f"{model._meta.label}.{path}"] = list(model._base_manager.filter(**{path: merchant.pk}).order_by("pk").values())
    return found


def _paths_to_merchant(model: type[models.Model]) -> Iterator[str]:
    """`merchant`, or one step further such as `product__merchant`."""
    if _points_at_merchant(model):
        yield "merchant"
        return
    for field in model._meta.get_fields():
        if isinstance(field, models.ForeignKey) and isinstance(field.related_model, type) and _points_at_merchant(field.related_model):
            yield f"{field.name}__merchant"


def _points_at_merchant(model: type[models.Model]) -> bool:
    try:
        return isinstance(model._meta.get_field("merchant"), models.ForeignKey)
    except FieldDoesNotExist:
        return False
