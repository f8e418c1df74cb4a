"""Books as an accountant reads them: chart, trial balance, statement of an account. Pages of the ledger accounts' admin."""

from __future__ import annotations

import csv
import datetime as dt
import io
import uuid
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from core.backoffice.base import now
from core.backoffice.display import money
from core.backoffice.references import name_references
from core.money import Money
from payments import chart
from payments.models import LedgerAccount
from payments.postings import PostingKind
from payments.selectors import accounts
from payments.selectors.accounts import AccountBalance, KindBalance, Place, StatementLine
from payments.statement_papers import safe_cell

MOST_ROWS = 500
PER_PAGE = 50
LEDGER = "admin:payments_ledgeraccount"
Row = list[str]


def today() -> dt.date:
    return timezone.localdate(now())


def start_of(day: dt.date) -> dt.datetime:
    """The first moment of a day where the installation is."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def day_asked(request: HttpRequest, name: str, default: dt.date) -> dt.date:
    """A day from the address; nonsense and days out of any calendar's reach count as none."""
    try:
        day = dt.date.fromisoformat(request.GET.get(name, ""))
    except ValueError:
        return default
    return day if 2000 <= day.year < 2200 else default


def after_day(day: dt.date) -> dt.datetime:
    return start_of(day + dt.timedelta(days=1))


def chart_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """All kinds of account with their balances, from assets to expenses."""
    rows = accounts.balances_by_kind(after_day(today()))
    currencies = [
        {"code": code, "groups": _groups([row for row in rows if row.currency == code])}
        for code in dict.fromkeys(row.currency for row in rows)
    ]
    return TemplateResponse(request, "backoffice/chart.html", {**context, "title": _("Account chart"), "currencies": currencies})


def _groups(rows: list[KindBalance]) -> list[dict[str, Any]]:
    """The kinds of one currency by nature; each amount on the side on which its nature grows."""
    groups = []
    for nature in chart.Nature:
        kinds = [row for row in rows if chart.NATURES.get(row.kind, chart.Nature.LIABILITY) == nature]
        if kinds:
            sign = 1 if chart.is_debit_side(kinds[0].kind) else -1
            total = sum(row.minor for row in kinds) * sign
            groups.append({"name": nature.label, "rows": [_kind(row, sign) for row in kinds], "total": money(total, rows[0].currency)})
    return groups


def _kind(row: KindBalance, sign: int) -> dict[str, Any]:
    query = urlencode({"kind__exact": row.kind, "currency__exact": row.currency})
    name = dict(LedgerAccount.Kind.choices).get(row.kind, row.kind)
    return {
        "name": name,
        "accounts": row.accounts,
        "balance": money(row.minor * sign, row.currency),
        "url": f"{reverse(LEDGER + '_changelist')}?{query}",
    }


def trial_balance_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Every account with its debit or credit balance at the end of a day; both columns have the same sum."""
    day = day_asked(request, "date", today())
    rows = accounts.trial_balance(after_day(day))
    currencies = [
        _currency(code, [row for row in rows if row.account.currency == code])
        for code in dict.fromkeys(row.account.currency for row in rows)
    ]
    page = {
        "title": _("Trial balance"),
        "day": day,
        "currencies": currencies,
        "csv_url": f"{reverse(LEDGER + '_trial_balance_csv')}?date={day}",
    }
    return TemplateResponse(request, "backoffice/trial_balance.html", {**context, **page})


def _currency(code: str, rows: list[AccountBalance]) -> dict[str, Any]:
    debit, credit = sum(row.debit_minor for row in rows), sum(row.credit_minor for row in rows)
    return {
        "code": code,
        "rows": [_account(row) for row in rows[:MOST_ROWS]],
        "hidden": max(len(rows) - MOST_ROWS, 0),
        "debit": money(debit, code),
        "credit": money(credit, code),
        "is_equal": debit == credit,
    }


def _account(row: AccountBalance) -> dict[str, Any]:
    currency = row.account.currency
    return {
        "name": row.account.get_kind_display(),
        "owner": owner_of(row.account),
        "url": reverse(LEDGER + "_statement", args=[row.account.pk]),
        "debit": money(row.debit_minor, currency) if row.debit_minor else "",
        "credit": money(row.credit_minor, currency) if row.credit_minor else "",
    }


def owner_of(account: LedgerAccount) -> str:
    """Whose account it is: the merchant's name, a gateway, the end of a person's or card's number; empty for those of the shop."""
    if account.merchant is not None:
        return str(account.merchant)
    owner = ":".join(account.code.split(":")[1:-1])
    return f"…{owner[-8:]}" if len(owner) > 20 else owner


def trial_balance_csv(request: HttpRequest, context: dict[str, Any]) -> HttpResponseBase:
    day = day_asked(request, "date", today())
    head = ["Account", "Kind", "Owner", "Currency", "Debit", "Credit"]
    rows = (
        [
            safe_cell(row.account.code),
            row.account.kind,
            safe_cell(owner_of(row.account)),
            row.account.currency,
            *_sides(row.minor, row.account.currency),
        ]
        for row in accounts.trial_balance(after_day(day))
    )
    return _file(f"trial-balance-{day}.csv", head, rows)


def statement_page(request: HttpRequest, context: dict[str, Any], account_id: uuid.UUID) -> HttpResponse:
    """An account from its opening to its closing balance, fifty entries a page."""
    account = _found(account_id)
    since, until = _span(request)
    found = accounts.account_statement(account.pk, since=start_of(since), until=after_day(until), after=_place(request), limit=PER_PAGE)
    name_references([line.entry.transaction for line in found.lines], ["reference"])
    span = {"from": since.isoformat(), "to": until.isoformat()}
    page = {
        "title": " · ".join(filter(None, [str(account.get_kind_display()), owner_of(account), account.currency])),
        "account": account,
        "since": since,
        "until": until,
        "sums": {name: money(getattr(found, f"{name}_minor"), account.currency) for name in ("opening", "debit", "credit", "closing")},
        "lines": [_line(line, account.currency) for line in found.lines],
        "is_first": _place(request) is None,
        "first_url": f"?{urlencode(span)}",
        "next_url": f"?{urlencode({**span, 'after': _text(found.following)})}" if found.following else "",
        "csv_url": f"{reverse(LEDGER + '_statement_csv', args=[account.pk])}?{urlencode(span)}",
    }
    return TemplateResponse(request, "backoffice/account_statement.html", {**context, **page})


def _line(line: StatementLine, currency: str) -> dict[str, Any]:
    posted, minor = line.entry.transaction, line.entry.amount_minor
    return {
        "at": line.entry.at,
        "label": dict(PostingKind.choices).get(posted.kind, posted.kind),
        "about": getattr(posted, "reference_name", ""),
        "memo": posted.memo,
        "url": reverse("admin:payments_ledgertransaction_change", args=[posted.pk]),
        "debit": money(minor, currency) if minor > 0 else "",
        "credit": money(-minor, currency) if minor < 0 else "",
        "running": money(line.running_minor, currency),
    }


def statement_csv(request: HttpRequest, context: dict[str, Any], account_id: uuid.UUID) -> HttpResponseBase:
    account = _found(account_id)
    since, until = _span(request)
    head = ["Posted", "Kind", "Reference", "Memo", "Debit", "Credit", "Balance", "Currency"]
    lines = accounts.account_entries(account.pk, since=start_of(since), until=after_day(until))
    rows = (
        [
            line.entry.at.isoformat(),
            line.entry.transaction.kind,
            str(line.entry.part or line.entry.transaction.reference),
            safe_cell(line.entry.transaction.memo),
            *_sides(line.entry.amount_minor, account.currency),
            _plain(line.running_minor, account.currency),
            account.currency,
        ]
        for line in lines
    )
    return _file(f"statement-{account.code.replace(':', '-')}-{since}-{until}.csv", head, rows)


def _found(account_id: uuid.UUID) -> LedgerAccount:
    account = LedgerAccount.objects.select_related("merchant").filter(pk=account_id).first()
    if account is None:
        raise Http404
    return account


def _span(request: HttpRequest) -> tuple[dt.date, dt.date]:
    """The days asked for, both included; this month where nothing is asked."""
    until = day_asked(request, "to", today())
    since = day_asked(request, "from", until.replace(day=1))
    return min(since, until), until


def _place(request: HttpRequest) -> Place | None:
    moment, _comma, entry = request.GET.get("after", "").partition(",")
    try:
        at = dt.datetime.fromisoformat(moment)
        return Place(at, int(entry)) if at.tzinfo and 0 <= int(entry) < 2**63 else None
    except ValueError:
        return None


def _text(place: Place) -> str:
    return f"{place.at.isoformat()},{place.entry}"


def _sides(minor: int, currency: str) -> Row:
    return [_plain(minor, currency) if minor > 0 else "", _plain(-minor, currency) if minor < 0 else ""]


def _plain(minor: int, currency: str) -> str:
    """An amount in major units with a point, as files have it."""
    return str(Money(minor, currency).amount)


def _file(name: str, head: Row, rows: Iterable[Row]) -> HttpResponseBase:
    """Rows as a file that is sent while it is read; the mark at its start lets spreadsheets see UTF-8."""

    def pieces() -> Iterator[str]:
        yield "\ufeff" + _csv_line(head)
        for row in rows:
            yield _csv_line(row)

    answer = StreamingHttpResponse(pieces(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _csv_line(cells: Row) -> str:
    target = io.StringIO()
    csv.writer(target).writerow(cells)
    return target.getvalue()


# Name, address below the ledger accounts, and what answers there.
PAGES: list[tuple[str, str, Callable[..., HttpResponseBase]]] = [
    ("chart", "chart/", chart_page),
    ("trial_balance", "trial-balance/", trial_balance_page),
    ("trial_balance_csv", "trial-balance.csv", trial_balance_csv),
    ("statement", "<uuid:account_id>/statement/", statement_page),
    ("statement_csv", "<uuid:account_id>/statement.csv", statement_csv),
]
