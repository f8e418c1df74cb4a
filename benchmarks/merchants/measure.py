"""Opens every page of a shop's back office as its owner, in this process to count and over HTTP to time."""

import datetime as dt
import http.client
import statistics
import sys
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rich.console import Console
from rich.table import Table

from accounts.models import User
from merchants.admin import merchant_site
from merchants.models import Membership, Merchant
from orders.services.scorecards import compute_scorecards

MOST_STATEMENTS = 15
MOST_ROWS = 1_000
TURNS = 15
WARM_UP = 3


@dataclass(frozen=True)
class Page:
    """What opening a page took: milliseconds over HTTP, statements, and the most rows that one of them brought."""

    path: str
    times: list[float]
    statements: int
    rows: int

    @property
    def is_fine(self) -> bool:
        return self.statements <= MOST_STATEMENTS and self.rows <= MOST_ROWS


def measure(shop_url: str, bare_url: str, products: str, orders: str) -> None:
    """Fill a shop, print what each of its pages takes beside the bare view, and end with an error where one takes too much."""
    slug = fill(int(products), int(orders))
    bare = timed(bare_url, "/shelf/7/", "")
    pages = list(measured(shop_url, slug))
    show(bare, pages, int(products), int(orders))
    if not all(page.is_fine for page in pages):
        raise SystemExit(f"A page takes more than {MOST_STATEMENTS} statements, or one that brings more than {MOST_ROWS} rows.")


def fill(products: int, orders: int) -> str:
    """One shop with all of them and its scorecards of yesterday; its address."""

    call_command("make_catalogue", str(products), merchants=1, seed=2, stdout=StringIO())
    slug = str(Merchant.objects.order_by("-pk").values_list("slug", flat=True)[0])
    call_command("make_orders", str(orders), merchant=slug, stdout=StringIO())
    connection.cursor().execute("VACUUM ANALYZE")
    now = timezone.now()
    compute_scorecards(day=timezone.localdate(now) - dt.timedelta(days=1), at=now)
    return slug


def measured(shop_url: str, slug: str) -> Iterator[Page]:

    owner = User.objects.create_user(email="owner@example.com", password=None, name="Owner")
    Membership.objects.create(merchant=Merchant.objects.get(slug=slug), user=owner, role=Membership.Role.OWNER)
    client = Client(headers={"host": urllib.parse.urlsplit(shop_url).netloc})
    client.force_login(owner)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    asked = list(paths(client.get(reverse("merchant:index")).wsgi_request))
    for number, path in enumerate(asked, 1):
        print(f"page {number} of {len(asked)}: {path}", file=sys.stderr)
        statements, rows = counted(client, path)
        yield Page(path, timed(shop_url, path, cookie), statements, rows)


def paths(request: HttpRequest) -> Iterator[str]:
    """For the merchant of a request: the home, every page without a row of its own; of every list two pages, a search and each filter."""

    yield reverse("merchant:index")
    yield from (reverse(f"merchant:{name}") for route, name, _duty, _view in merchant_site.pages if "<" not in route and is_read(name))
    admins: dict[Any, Any] = merchant_site._registry
    for model, model_admin in admins.items():
        path = reverse(f"merchant:{model._meta.app_label}_{model._meta.model_name}_changelist")
        yield from (path, f"{path}?p=3", *([f"{path}?q=oak"] if model_admin.search_fields else []))
        yield from (f"{path}?{query}" for query in filters(request, model, model_admin))


def is_read(name: str) -> bool:
    """Files are made of all rows, a row at a time; they are no pages."""
    return not name.endswith(("csv", "pdf")) and name != "export-products"


def filters(request: HttpRequest, model: Any, model_admin: Any) -> Iterator[str]:
    for item in model_admin.list_filter:
        name = item[0] if isinstance(item, tuple) else getattr(item, "parameter_name", item)
        choices = dict(getattr(model._meta.get_field(name), "flatchoices", [])) if isinstance(item, str) else {}
        if choices:
            yield f"{name}__exact={next(iter(choices))}"
        elif not isinstance(item, str | tuple):
            yield from (f"{name}={value}" for value in own_choices(item, request, model_admin))


def own_choices(item: Any, request: HttpRequest, model_admin: Any) -> list[str]:
    """What a filter of our own offers."""
    return [str(value) for value, _label in item.lookups(item, request, model_admin) or ()][:4]


def counted(client: Any, path: str) -> tuple[int, int]:
    """Statements of a second look, and the most rows that one of them brought."""
    brought: list[int] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        brought.append(context["cursor"].rowcount if sql.lstrip().startswith(("SELECT", "WITH", "(")) else 0)
        return result

    client.get(path, follow=True)
    with connection.execute_wrapper(watch):
        answer = client.get(path)
    if answer.status_code not in {200, 302}:
        raise SystemExit(f"{path}: {answer.status_code}")
    return len(brought), max(brought, default=0)


def timed(base: str, path: str, cookie: str) -> list[float]:
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(base).netloc, timeout=120)
    times = []
    for number in range(WARM_UP + TURNS):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        if answer.status not in {200, 302}:
            raise SystemExit(f"{path}: {answer.status}")
        if number >= WARM_UP:
            times.append((time.perf_counter() - began) * 1e3)
    connection.close()
    return times


def show(bare: list[float], pages: list[Page], products: int, orders: int) -> None:
    table = Table(title=f"A shop with {products:,} products and {orders:,} orders; milliseconds")
    for heading in ("", "p50", "p95", "× bare p95", "SQL", "most rows"):
        table.add_column(heading, justify="right" if heading else "left")
    base = p95(bare)
    table.add_row("bare view", f"{statistics.median(bare):.1f}", f"{base:.1f}", "1", "", "")
    for page in sorted(pages, key=lambda page: -p95(page.times)):
        figures = (f"{statistics.median(page.times):.1f}", f"{p95(page.times):.1f}", f"{p95(page.times) / base:.0f}")
        table.add_row(page.path, *figures, str(page.statements), f"{page.rows:,}", style=None if page.is_fine else "red")
    Console(width=140).print(table)


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[18]
