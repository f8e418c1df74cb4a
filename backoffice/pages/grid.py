"""A table of many variants whose prices, stock and status are changed with one save."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.admin.records import PRODUCT_OF_VARIANT, VARIANT
from catalog.imports import reasons
from catalog.imports.grid import FIELDS, Edit, Saved, levels_of, save_edits, variants_of
from catalog.imports.selectors import field_label
from catalog.models import Product, Variant
from core.backoffice.base import actor_of
from core.money import Money
from merchants.admin import merchant_site
from merchants.admin.recording import recording
from merchants.admin.site import duty_is_changeable, merchant_of
from merchants.permissions import Duty

PER_PAGE = 50
Status = Product.Status


def grid(request: HttpRequest) -> HttpResponse:
    """The table, and the answer to its save."""
    saved = None
    if request.method == "POST":
        if not duty_is_changeable(request, Duty.PRODUCTS):
            raise PermissionDenied
        saved = _save(request)
        if saved.count:
            messages.success(request, ngettext("%(count)d row saved.", "%(count)d rows saved.", saved.count) % {"count": saved.count})
        if not saved.problems:
            return redirect(request.get_full_path())
    return TemplateResponse(request, "backoffice/grid.html", _context(request, saved), status=422 if saved else 200)


def _save(request: HttpRequest) -> Saved:
    merchant, edits = merchant_of(request), _edits(request)
    own = Variant.objects.filter(merchant=merchant, pk__in=[edit.variant_id for edit in edits])
    keys = list(own.values_list("pk", flat=True))
    with recording(request, (VARIANT, PRODUCT_OF_VARIANT), keys, merchant_id=merchant.pk, by="merchant", is_atomic=False):
        return save_edits(merchant=merchant, edits=edits, actor=actor_of(request, "merchant"), at=timezone.now())


def _edits(request: HttpRequest) -> list[Edit]:
    """The rows in which something is not as it was shown; the form says of each input what that was."""
    edits = []
    for key in request.POST.getlist("row")[:PER_PAGE]:
        try:
            variant_id, version = uuid.UUID(key), int(request.POST.get(f"version-{key}", ""))
        except ValueError:
            continue
        was = {name: request.POST.get(f"was-{name}-{key}", "") for name in FIELDS}
        now = {name: request.POST.get(f"{name}-{key}", was[name])[:60] for name in FIELDS}
        texts = {name: now[name] for name in FIELDS if now[name].strip() != was[name]}
        if "stock" in texts and not duty_is_changeable(request, Duty.STOCK):
            raise PermissionDenied
        if texts:
            edits.append(Edit(variant_id, version, texts, seen=was["stock"]))
    return edits


def _context(request: HttpRequest, saved: Saved | None) -> dict[str, Any]:
    search, status = request.GET.get("q", "").strip().replace("\0", "")[:80], request.GET.get("status", "")
    status = status if status in {Status.DRAFT, Status.PUBLISHED, Status.HIDDEN} else ""
    page = Paginator(variants_of(merchant_of(request), search=search, status=status), PER_PAGE).get_page(request.GET.get("page"))
    variants = list(page.object_list)
    levels = levels_of(variants)
    shown: set[uuid.UUID] = set()
    rows = []
    for variant in variants:
        level = levels.get(variant.pk)
        rows.append(_row(request, variant, str(level.on_hand if level else 0), saved, is_first=variant.product_id not in shown))
        shown.add(variant.product_id)
    return {
        **merchant_site.each_context(request),
        "title": _("Prices and stock"),
        "rows": rows,
        "page": page,
        "search": search,
        "status": status,
        "query": urlencode({"q": search, "status": status}) + "&",
        "statuses": [(value, Status(value).label) for value in (Status.DRAFT, Status.PUBLISHED, Status.HIDDEN)],
        "refused": len(saved.problems) if saved else 0,
        "may_change": duty_is_changeable(request, Duty.PRODUCTS),
        "may_count": duty_is_changeable(request, Duty.STOCK),
    }


def _row(request: HttpRequest, variant: Variant, stock: str, saved: Saved | None, *, is_first: bool) -> dict[str, Any]:
    product = variant.product
    was = {
        "price": str(Money(variant.price_minor, variant.currency).amount),
        "compare_at": str(Money(variant.compare_at_minor, variant.currency).amount) if variant.compare_at_minor else "",
        "stock": stock,
        "status": product.status,
    }
    problems = saved.problems.get(variant.pk, []) if saved else []
    typed = {name: request.POST.get(f"{name}-{variant.pk}", was[name])[:60] for name in FIELDS} if problems else was
    return {
        "variant": variant,
        "product": product,
        "what": ", ".join(variant.options.values()),
        "is_first": is_first,
        "was": was,
        "typed": typed,
        "statuses": _statuses(product, typed["status"]),
        "problems": [_words(problem.field, problem.code, problem.params) for problem in problems],
    }


def _statuses(product: Product, chosen: str) -> list[tuple[str, Any, bool]]:
    """The present status and those it can become."""
    possible = [product.status, *sorted(product.TRANSITIONS.get(product.status, frozenset()) - {Status.PENDING})]
    return [(value, Status(value).label, value == chosen) for value in possible]


def _words(name: str, code: str, params: Any) -> str:
    words = reasons.worded(code, params)
    return f"{label}: {words}" if (label := field_label(name)) else words
