"""Invoices and credit notes in both back offices: a list to search, and each as its PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.backoffice.base import ConsoleAdmin
from core.backoffice.display import column, money_column
from merchants.admin import MerchantModelAdmin, merchant_site
from merchants.permissions import Duty
from orders.models import Invoice
from orders.printing import pdf_answer

if TYPE_CHECKING:
    from core.backoffice.base import ConsoleAdmin as _Base
else:
    _Base = object


class PaperPages(_Base):
    """Mixin of a paper's admin on either site; `?format=pdf` at a paper's page is its file."""

    list_filter = ["kind", "year"]
    list_select_related = ["order", "corrects"]
    search_fields = ["number", "order__number"]
    search_help_text = _("Invoice or order")
    ordering = ["-issued_at", "-sequence"]
    kind_shown = column(lambda self, row: row.get_kind_display(), _("kind"), ordering="kind")
    total = money_column("total_minor", _("total"))
    tax = money_column("tax_minor", _("tax included"))

    @admin.display(description=_("PDF"))
    def file(self, row: Invoice) -> Any:
        page = reverse(f"{self.admin_site.name}:orders_invoice_change", args=[row.pk])
        return format_html('<a class="link" href="{}?format=pdf" target="_blank" rel="noopener">{}</a>', page, _("Open"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("order", "corrects", "merchant")

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        wants_file = request.method == "GET" and request.GET.get("format") == "pdf"
        row = self.get_object(request, object_id) if wants_file and object_id and self.has_view_permission(request) else None
        return pdf_answer(row) if row is not None else super().changeform_view(request, object_id, form_url, extra_context)


FIELDS: Any = ["number", "kind_shown", "order", "issued_at", "total", "tax", "corrects", "file"]
COLUMNS: Any = ["number", "kind_shown", "order", "total", "tax", "issued_at", "file"]


@admin.register(Invoice)
class InvoiceAdmin(PaperPages, ConsoleAdmin):
    list_display = [*COLUMNS[:2], "merchant", *COLUMNS[2:]]
    list_filter = ["kind", "year", "merchant"]
    fields = [*FIELDS[:2], "merchant", *FIELDS[2:]]


@admin.register(Invoice, site=merchant_site)
class MerchantInvoiceAdmin(PaperPages, MerchantModelAdmin):
    duty = Duty.ORDERS
    list_display = COLUMNS
    fields = FIELDS
