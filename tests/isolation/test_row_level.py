"""The database's own wall between merchants: where a query forgets whose rows it may read, the rows are not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from core.backoffice.base import ConsoleAdmin
from core.ids import uuid7
from core.postgresql.roles import APP_ROLE, TENANT_ROLE
from core.postgresql.tenancy import read_as, read_as_usual
from merchants.admin import MerchantModelAdmin
from merchants.models import ApiKey
from merchants.services.api_keys import create_api_key
from orders.models import MerchantOrder
from shop import row_level
from shop.row_level import PUBLIC, merchant_column, walls
from tests.backoffice.market import Shop, make_shop
from tests.rights import as_owner

pytestmark = pytest.mark.django_db


@pytest.fixture
def shops() -> tuple[Shop, Shop]:
    return make_shop("ANTELOPE"), make_shop("BARRACUDA")


@pytest.fixture
def reading() -> Iterator[None]:
    """Whatever a test leaves restricted is lifted."""
    yield
    read_as_usual()


def one(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return row[0] if row else None


def test_the_shop_works_as_a_role_that_owns_no_table() -> None:
    assert one("SELECT current_user") == APP_ROLE
    assert one(f"SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relowner = '{APP_ROLE}'::regrole") == 0
    assert one(f"SELECT bool_or(rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname IN ('{APP_ROLE}', '{TENANT_ROLE}')") is False


def test_every_table_with_a_merchant_is_behind_the_wall_or_public() -> None:
    has_merchant = {
        model._meta.label: model._meta.db_table for model in apps.get_models() if merchant_column(model) and model._meta.managed
    }
    guarded = set(one(f"SELECT array_agg(tablename) FROM pg_policies WHERE policyname = '{row_level.POLICY}'"))

    assert {label for label, table in has_merchant.items() if table not in guarded} == PUBLIC
    assert one("SELECT array_agg(relname::text) FROM pg_class WHERE relrowsecurity AND relkind = 'r'") is not None
    assert guarded == {wall.table for wall in walls()}


def test_a_merchant_reads_its_own_rows_and_no_row_of_another(shops: tuple[Shop, Shop], reading: None) -> None:
    a, b = shops
    models = [model for model in apps.get_models() if merchant_column(model) and model._meta.label not in PUBLIC and not model._meta.proxy]
    rows = {model: set(model._default_manager.filter(merchant=b.merchant).values_list("pk", flat=True)) for model in models}
    mine = {model: set(model._default_manager.filter(merchant=a.merchant).values_list("pk", flat=True)) for model in models}
    parts = {label: apps.get_model(label)._default_manager.count() for label in row_level.PARENTS}

    read_as(a.merchant.pk)

    assert sum(1 for found in rows.values() if found) > 20
    for model in models:
        seen = set(model._default_manager.exclude(merchant=None).values_list("pk", flat=True))
        assert seen == mine[model], model
    halved = {label for label, count in parts.items() if 0 < apps.get_model(label)._default_manager.count() < count}
    assert len(halved) > 5
    read_as_usual()
    assert {model: set(model._default_manager.filter(merchant=b.merchant).values_list("pk", flat=True)) for model in models} == rows


def test_what_no_merchant_reads_is_refused(reading: None) -> None:
    for label in row_level.CLOSED:
        read_as_usual()
        read_as(uuid7())
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            apps.get_model(label)._default_manager.first()


@pytest.fixture
def _careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """An admin that forgot to say whose rows it lists."""
    monkeypatch.setattr(MerchantModelAdmin, "get_queryset", ConsoleAdmin.get_queryset)


def _orders(shop: Shop) -> str:
    browser = Client()
    browser.force_login(shop.owner)
    return browser.get(reverse("merchant:orders_merchantorder_changelist")).content.decode()


def _numbers(shop: Shop) -> list[str]:
    return list(MerchantOrder.objects.filter(merchant=shop.merchant).values_list("number", flat=True))


def test_a_page_that_forgets_whose_rows_it_lists_shows_none_of_another(shops: tuple[Shop, Shop], _careless: None) -> None:
    a, b = shops

    page = _orders(a)

    assert any(number in page for number in _numbers(a))
    assert not any(number in page for number in _numbers(b))


def test_without_the_wall_that_page_would_show_them(shops: tuple[Shop, Shop], _careless: None) -> None:
    """Negative control."""
    a, b = shops
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("orders_merchantorder", "orders_checkout"):
            cursor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")

    page = _orders(a)

    assert any(number in page for number in _numbers(b))


def test_a_key_reads_behind_the_wall_and_leaves_it_with_its_answer(shops: tuple[Shop, Shop]) -> None:
    a, _ = shops
    _, secret = create_api_key(merchant=a.merchant, name="script", scopes=list(ApiKey.Scope.values), user=None)
    roles: list[Any] = []

    with connection.execute_wrapper(lambda execute, *rest: (roles.append(connection.tenant), execute(*rest))[1]):  # type: ignore[attr-defined]
        answer = Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/orders/")

    assert answer.status_code == 200
    assert roles[-1] == a.merchant.pk
    assert one("SELECT current_user") == APP_ROLE


@pytest.mark.django_db(transaction=True)
def test_a_connection_made_anew_in_the_middle_of_a_page_is_behind_the_wall_too(reading: None) -> None:
    shop = make_shop("ANTELOPE")
    read_as(shop.merchant.pk)

    connection.close()

    assert one("SELECT current_user") == TENANT_ROLE
    read_as_usual()
    assert one("SELECT current_user") == APP_ROLE


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_cannot_lay_its_role_down_is_not_kept(reading: None) -> None:
    read_as(make_shop("ANTELOPE").merchant.pk)
    with connection.cursor() as cursor, pytest.raises(Exception, match="syntax"):
        cursor.execute("BEGIN")
        cursor.execute("no statement")

    read_as_usual()

    assert connection.connection is None
    assert one("SELECT current_user") == APP_ROLE


def test_the_shop_s_own_plans_know_nothing_of_the_wall(reading: None) -> None:
    """The application's policy is true, so the planner drops it: an operator that is not leakproof still leads through its index."""
    by_number = "EXPLAIN SELECT id FROM orders_merchantorder WHERE number LIKE 'A%'"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        as_application = _ways(cursor, by_number)
        with as_owner():
            as_the_owner = _ways(cursor, by_number)
        read_as(uuid7())
        as_merchant = _ways(cursor, by_number)

    assert as_application == as_the_owner
    assert any("Index Cond" in line and "number" in line for line in as_application), as_application
    assert not any("Index Cond" in line and "number" in line for line in as_merchant), as_merchant


def _ways(cursor: Any, statement: str) -> list[str]:
    """A plan without the order in which its filters are asked."""
    cursor.execute(statement)
    return [line for (line,) in cursor.fetchall() if "Filter:" not in line]
