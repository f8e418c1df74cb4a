"""Refusals about invoices and credit notes."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NothingToInvoice(DomainError):
    code = "nothing_to_invoice"
    message = _("There is no such amount to put on an invoice or a credit note.")


class PaperNotFound(DomainError):
    code = "paper_not_found"
    message = _("This invoice does not exist.")
    status = 404
