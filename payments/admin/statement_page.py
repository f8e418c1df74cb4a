"""The page of one statement, the same for the merchant and the operator, with its downloads at the same address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.backoffice.display import column, label, money, money_column, status_label
from payments import statement_papers as papers
from payments.admin.ledger import KIND_TONES
from payments.models import Payout, PayoutStatement
from payments.payout_selectors import StatementRow, statement_rows
from payments.states import PayoutStatus

if TYPE_CHECKING:
    from core.backoffice.base import ConsoleAdmin as _Base
else:
    _Base = object

FORMATS = {"csv": ("text/csv; charset=utf-8", papers.csv_of), "pdf": ("application/pdf", papers.pdf_of)}


def payout_label(row: Payout) -> Any:
    """A payout's status; paid is the good end here, where it is the beginning for an order."""
    return label(row.get_status_display(), "success") if row.status == PayoutStatus.PAID else status_label(row)


def outcome(row: PayoutStatement) -> Any:
    """The payout with its state, or why there was none."""
    payout = getattr(row, "payout", None)
    return label(row.get_carried_display(), "neutral") if payout is None else payout_label(payout)


class StatementPage(_Base):
    """Mixin of a statement's admin. `order_page` names the page that a line links to."""

    order_page: ClassVar[str]
    change_form_before_template = "backoffice/statement.html"
    number_shown = column(lambda self, row: f"{row.number:04d}", _("number"), ordering="number")
    opening = money_column("opening_minor", _("opening balance"))
    closing = money_column("closing_minor", _("closing balance"))
    paid_out = column(lambda self, row: money(row.payout.amount_minor, row.currency) if hasattr(row, "payout") else "–", _("paid out"))
    outcome = column(lambda self, row: outcome(row), _("payout"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("merchant", "payout")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        # The page is a template of its own; there is no form field on it.
        return []

    def changeform_view(self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None) -> Any:
        """The page, or with `?format=csv` or `pdf` the statement as a file."""
        row = self.get_object(request, object_id) if object_id and self.has_view_permission(request) else None
        if row is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        if request.method == "GET" and request.GET.get("format") in FORMATS:
            return _file(row, request.GET["format"])
        return super().changeform_view(request, object_id, form_url, {**self._context(request, row), **(extra_context or {})})

    def _context(self, request: HttpRequest, row: PayoutStatement) -> dict[str, Any]:
        rows = statement_rows(row)
        return {
            "statement": row,
            "payout": getattr(row, "payout", None),
            "outcome": outcome(row),
            "opening": money(row.opening_minor, row.currency),
            "closing": money(row.closing_minor, row.currency),
            "paid_out": money(row.payout.amount_minor, row.currency) if hasattr(row, "payout") else "",
            "rows": self._lines(request, row, rows),
            "sums": _sums(row, rows),
        }

    def _lines(self, request: HttpRequest, statement: PayoutStatement, rows: list[StatementRow]) -> list[dict[str, Any]]:
        numbers = papers.order_numbers(rows)
        return [
            {
                "at": row.at,
                "label": row.label,
                "tone": KIND_TONES.get(row.kind, "neutral"),
                "number": numbers.get(row.reference, "") if row.reference else "",
                "url": reverse(self.order_page, args=[row.reference]) if row.reference in numbers and self.may_open_orders(request) else "",
                "gross": money(row.gross_minor, statement.currency),
                "fee": money(row.fee_minor, statement.currency) if row.fee_minor else "",
                "net": money(row.net_minor, statement.currency),
                "balance": money(row.balance_minor, statement.currency),
            }
            for row in rows
        ]

    def may_open_orders(self, request: HttpRequest) -> bool:
        """Whether this person may open the orders that lines are about."""
        return True


def _sums(statement: PayoutStatement, rows: list[StatementRow]) -> list[tuple[str, str]]:
    """What the lines come to by kind, with commission by itself."""
    kinds: dict[str, int] = {}
    for row in rows:
        kinds[row.label] = kinds.get(row.label, 0) + row.gross_minor
    fees = sum(row.fee_minor for row in rows)
    found = [(name, money(minor, statement.currency)) for name, minor in kinds.items()]
    return [*found, (str(_("Commission")), money(fees, statement.currency))] if fees else found


def _file(statement: PayoutStatement, kind: str) -> HttpResponse:
    content_type, render = FORMATS[kind]
    answer = HttpResponse(render(statement, statement_rows(statement)), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{papers.name_of(statement)}.{kind}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
