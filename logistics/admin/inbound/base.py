"""What every page about a list of goods has: written down once, then moved along by its buttons."""

from __future__ import annotations

import uuid
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db.models import Aggregate, Model, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.backoffice.actions import ConfirmForm
from core.backoffice.base import now
from core.backoffice.display import column, status_column
from logistics.admin.display import what
from logistics.admin.fields import GoodsField, goods_text
from merchants.admin import MerchantInline, MerchantModelAdmin
from merchants.admin.site import merchant_of
from merchants.permissions import Duty


class InboundAdmin(MerchantModelAdmin):
    """A list of goods. `asked` are the fields of a new one, `shown` those of its page, `totals` what lists sum up of its lines."""

    duty = Duty.STOCK
    can_add = True
    list_filter = ["status"]
    search_fields = ["number", "note", "lines__variant__sku"]
    ordering = ["-created_at"]
    asked: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    totals: ClassVar[Mapping[str, Aggregate]] = {"piece_count": Sum("lines__quantity")}
    state = status_column(_("status"))
    pieces = column(lambda self, row: row.piece_count, _("pieces"))

    @abstractmethod
    def draft(self, request: HttpRequest, data: dict[str, Any]) -> Model:
        """Write down what the form of a new one says."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        made: Any = self.draft(request, form.cleaned_data)
        obj.pk, obj.merchant_id, obj.number = made.pk, made.merchant_id, made.number

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(**self.totals)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return list(self.shown if obj else self.asked)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj) if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else []

    def keys(self, request: HttpRequest) -> dict[str, Any]:
        """What every service of theirs is told."""
        return {"merchant_id": merchant_of(request).pk, "actor": self.actor(request), "at": now()}


class LineInline(MerchantInline):
    """The lines of one, by SKU."""

    fields = ["goods", "quantity", "received"]
    goods = column(lambda self, row: what(row), _("product"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("variant__product").order_by("variant__sku")


class GoodsForm(ConfirmForm):
    """A dialog that asks for pieces of articles and offers some."""

    goods = GoodsField(label=_("Arrived"), least=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["goods"].initial = goods_text(self.offered(kwargs["object_id"]))

    @abstractmethod
    def offered(self, key: uuid.UUID) -> Iterable[tuple[str, int | str]]:
        """SKUs and pieces for the row with this key, in the order of SKUs."""
