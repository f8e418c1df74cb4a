"""Row-level security: a connection that reads for one merchant sees rows of others as if they were not there.

The policies are in `shop.row_level`; here a connection takes on the role they bind, and lays it down when the request is over.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.core.signals import request_finished, request_started
from django.db import connection, connections
from psycopg2 import Error

from core.postgresql.roles import MERCHANT_SETTING, TENANT_ROLE

if TYPE_CHECKING:
    from core.postgresql.base import DatabaseWrapper


def read_as(merchant_id: uuid.UUID) -> None:
    """Until the end of this request the database shows this merchant's rows only.

    For requests that read. What changes something may have to look at rows of others, such as the other orders of a checkout; there
    `.for_merchant()` and composite keys keep tenants apart.
    """
    _own(connection).restrict(merchant_id)


def read_as_usual() -> None:
    """Every row that the application may see, again."""
    _own(connection).lift()


def _own(wrapper: Any) -> DatabaseWrapper:
    own: DatabaseWrapper = wrapper
    return own


def _lift_all(**_: Any) -> None:
    """Both ends of a request: one that was never finished must not leave its role to the next."""
    for wrapper in connections.all(initialized_only=True):
        _own(wrapper).lift()


def listen() -> None:
    """Connected when the apps are ready."""
    request_started.connect(_lift_all, dispatch_uid="tenancy")
    request_finished.connect(_lift_all, dispatch_uid="tenancy")


def take_role(raw: Any, merchant_id: uuid.UUID) -> None:
    """On a psycopg2 connection, in one statement; outside Django's cursors, so that pages count the queries they make themselves."""
    with raw.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, false), set_config(%s, %s, false)", [TENANT_ROLE, MERCHANT_SETTING, str(merchant_id)])


def lay_down_role(raw: Any) -> bool:
    """Whether it worked: a transaction that failed takes no statement, a connection that broke neither."""
    try:
        with raw.cursor() as cursor:
            cursor.execute(f"RESET ROLE; RESET {MERCHANT_SETTING}")
    except Error:
        return False
    return True
