"""The operator's queue of listing pictures that look like another merchant's."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from catalog.models import CopySuspicion, Picture
from catalog.services.copies import allow_copy, confirm_copy
from catalog.states import CopyStatus
from core.backoffice.actions import ActionVariant, ReasonForm, object_action
from core.backoffice.base import ConsoleAdmin, actor_of, now
from core.backoffice.display import column, label, role_of_actor, status_column, status_label
from core.models import StateChange
from core.states import history

SHOWN = 320
THUMB = '<img class="thumb" src="{}{}/160.webp" alt="" loading="lazy">'


def _side(title: Any, product: Any, prefix: str, picture: Picture | None) -> dict[str, Any]:
    kinds = picture.formats if picture else []
    widths = [width for width in picture.widths if width <= SHOWN] if picture else []
    name = f"{max(widths)}.{'jpg' if 'jpg' in kinds else kinds[0]}" if widths and kinds else "160.webp"
    return {
        "title": title,
        "product": product,
        "url": reverse("admin:catalog_product_change", args=[product.pk]),
        "picture": f"{settings.MEDIA_URL}{prefix}/{name}",
        "at": picture.created_at if picture else None,
    }


def _move(row: CopySuspicion, change: StateChange) -> dict[str, Any]:
    tone = "danger" if change.to_status == CopyStatus.COPIED else "success"
    word = CopyStatus(change.to_status).label
    return {"at": change.at, "is_step": True, "tone": tone, "label": word, "actor": role_of_actor(change.actor), "reason": change.reason}


@admin.register(CopySuspicion)
class CopySuspicionAdmin(ConsoleAdmin):
    list_display = ["pair", "alike", "copier", "owner", "state", "created_at"]
    list_filter = ["status"]
    list_select_related = ["product__merchant", "original_product__merchant"]
    search_fields = ["product__title", "original_product__title"]
    ordering = ["-created_at"]
    change_form_before_template = "backoffice/copy.html"
    actions_detail = ["confirm", "allow"]
    pair = column(
        lambda self, row: format_html_join(" ", THUMB, ((settings.MEDIA_URL, prefix) for prefix in (row.original_prefix, row.prefix))),
        _("older and newer picture"),
    )
    alike = column(lambda self, row: label(f"{row.likeness} %", "warning"), _("likeness"), ordering="likeness")
    copier = column(lambda self, row: f"{row.product.text('title')} · {row.product.merchant.text('name')}", _("newer"))
    owner = column(lambda self, row: f"{row.original_product.text('title')} · {row.original_product.merchant.text('name')}", _("older"))
    state = status_column(_("status"))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        # The page is a template of its own; there is no form field on it.
        return []

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        row = self.get_object(request, object_id) if object_id else None
        context = self._page(row) if row else {}
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def _page(self, row: CopySuspicion) -> dict[str, Any]:
        return {
            "copy": row,
            "state": status_label(row),
            "sides": [
                _side(_("Older picture"), row.original_product, row.original_prefix, row.original),
                _side(_("Newer picture"), row.product, row.prefix, row.picture),
            ],
            "moves": [_move(row, change) for change in history(row)],
        }

    @object_action(
        description=_("It is copied"),
        text=_("The picture leaves the product, the product is hidden, and its merchant is told why by mail."),
        done=_("The picture is off the product, which is hidden; the merchant is told."),
        form_class=ReasonForm,
        icon="content_copy",
        variant=ActionVariant.DANGER,
        when=lambda row: row.status == CopyStatus.OPEN,
    )
    def confirm(self, request: HttpRequest, form: Any, row: CopySuspicion) -> None:
        confirm_copy(suspicion_id=row.pk, actor=actor_of(request, "operator"), at=now(), reason=form.cleaned_data["reason"])

    @object_action(
        description=_("Both may show it"),
        text=_("Such as a maker's own photo. Pictures of these two products are not compared again."),
        done=_("Allowed."),
        form_class=ReasonForm,
        icon="check_circle",
        variant=ActionVariant.PRIMARY,
        when=lambda row: row.status == CopyStatus.OPEN,
    )
    def allow(self, request: HttpRequest, form: Any, row: CopySuspicion) -> None:
        allow_copy(suspicion_id=row.pk, actor=actor_of(request, "operator"), at=now(), reason=form.cleaned_data["reason"])
