"""Row-level security: what the database itself shows to a connection that reads for one merchant (`core.postgresql.tenancy`).

Policies are derived from the models, anew after every migration, so a table with a merchant is behind the wall the day it is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models

from core.postgresql.roles import MERCHANT_SETTING, TENANT_ROLE
from merchants.models import Merchant

POLICY, OPEN_POLICY = "tenant_rows", "application_rows"
# Tables with a merchant that are for everybody to read: what the market shows.
PUBLIC = {"merchants.ShopSlug", "catalog.ProductCard"}
# Where a row without a merchant is everybody's rather than the operator's.
SHARED_WITHOUT_MERCHANT = {"merchants.CommissionRule"}
# Rows that have no merchant of their own are their parent's: what a merchant does not see has no parts either.
PARENTS = {
    "orders.CaseLine": "case",
    "orders.CaseMessage": "case",
    "orders.CasePhoto": "case",
    "orders.CaseVerdict": "case",
    "orders.CommissionLine": "order",
    "orders.OrderRefund": "order",
    "orders.OrderRefundLine": "refund",
    "payments.CashReturn": "collection",
    "payments.EscrowFreeze": "hold",
    "payments.EscrowReturn": "hold",
    "payments.BankAccountAccess": "account",
    "payments.StatementLine": "statement",
    "payments.LedgerEntry": "account",
    "payments.LedgerBalance": "account",
    "logistics.ShipmentLine": "shipment",
    "logistics.ShipmentEvent": "shipment",
    "logistics.StockMovement": "stock",
    "catalog.ImportProblem": "product_import",
    "catalog.ImportChange": "product_import",
    "merchants.ApplicationDocument": "application",
}
# A purchase is seen by the merchants who have an order of it.
CHILDREN = {"orders.Checkout": ("orders.MerchantOrder", "checkout")}
# What no page and no endpoint of a merchant reads.
CLOSED = (
    "accounts.Address",
    "accounts.CompanyInvitation",
    "payments.BankLine",
    "payments.ExpectedTransfer",
    "payments.GiftCard",
    "payments.GiftCardBatch",
    "payments.GiftCardPurchase",
    "payments.InboxMessage",
    "payments.OutgoingTransfer",
    "payments.Reconciliation",
    "payments.ReconciliationDifference",
    "payments.ReconciliationTotal",
    "payments.RiskAssessment",
    "payments.RiskChallenge",
    "payments.StoreCreditGrant",
    "payments.TransferFile",
    "support.Mail",
)


@dataclass(frozen=True)
class Wall:
    """A table and the condition on the rows a merchant may see."""

    table: str
    condition: str


def walls() -> Iterator[Wall]:
    """Every table that has rows of merchants."""
    for model in apps.get_models(include_auto_created=True):
        label, table = model._meta.label, model._meta.db_table
        if model._meta.proxy or not model._meta.managed or label in PUBLIC:
            continue
        if label in PARENTS:
            yield Wall(table, _of_parent(model, PARENTS[label]))
        elif label in CHILDREN:
            yield Wall(table, _of_child(model, *CHILDREN[label]))
        elif (column := merchant_column(model)) is not None:
            shared = f" OR {column} IS NULL" if label in SHARED_WITHOUT_MERCHANT else ""
            yield Wall(table, f"{column} = current_setting('{MERCHANT_SETTING}')::uuid{shared}")


def merchant_column(model: type[models.Model]) -> str | None:
    """The column that says whose a row is."""
    for field in model._meta.concrete_fields:
        if field.name == "merchant" and field.related_model is Merchant:
            return str(field.column)
    return None


def _of_parent(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    table, key = field.related_model._meta.db_table, field.target_field.column
    # The parent's own policy is asked in turn.
    return f"EXISTS (SELECT FROM {table} parent WHERE parent.{key} = {model._meta.db_table}.{field.column})"


def _of_child(model: type[models.Model], label: str, name: str) -> str:
    child: Any = apps.get_model(label)
    column = child._meta.get_field(name).column
    return f"EXISTS (SELECT FROM {child._meta.db_table} child WHERE child.{column} = {model._meta.db_table}.{model._meta.pk.column})"


def build(application_role: str) -> None:
    """Put every wall up, for the tenant's role; the application's role, which is not the owner of the tables, sees every row.

    A policy for that role alone, which is true: the planner drops it, so the shop's own queries are planned as if there were no wall.
    """
    with connection.cursor() as cursor:
        for wall in walls():
            cursor.execute(f"ALTER TABLE {wall.table} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"DROP POLICY IF EXISTS {POLICY} ON {wall.table}")
            cursor.execute(f"CREATE POLICY {POLICY} ON {wall.table} TO {TENANT_ROLE} USING ({wall.condition})")
            cursor.execute(f"DROP POLICY IF EXISTS {OPEN_POLICY} ON {wall.table}")
            cursor.execute(f"CREATE POLICY {OPEN_POLICY} ON {wall.table} TO {application_role} USING (true)")
        for label in CLOSED:
            cursor.execute(f"REVOKE ALL ON {apps.get_model(label)._meta.db_table} FROM {TENANT_ROLE}")
