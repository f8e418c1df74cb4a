"""The application's role may not even try what the ledger's triggers refuse."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from core.ids import uuid7
from orders.models import OrderLine
from payments import verification
from payments.models import LedgerEntry, LedgerTransaction
from payments.postings import Account, Leg, Posting
from payments.services import ledger
from shop.rights import REFUSED
from tests.factories.companies import administrator_of, give_list, make_company, make_price_list
from tests.factories.merchants import make_merchant
from tests.factories.orders import SHIPPING, make_buyer, make_cart, make_goods, place
from tests.factories.payments import make_hold
from tests.rights import as_owner

pytestmark = pytest.mark.django_db


STATEMENTS = ("DELETE FROM {table}", "TRUNCATE {table} CASCADE", "UPDATE {table} SET {column} = {column}")
# Balances are updated by the ledger's own trigger in the name of whoever posts; its guard refuses everybody else (test_part_refunds).
CHANGES = [
    (table, statement)
    for table in REFUSED
    for statement in STATEMENTS
    if table.startswith("payments_ledger") and (table, statement) != ("payments_ledgerbalance", STATEMENTS[2])
]


@pytest.mark.parametrize(("table", "statement"), CHANGES)
def test_the_application_has_no_right_to_change_the_ledger(table: str, statement: str) -> None:
    """MON02."""
    column = "currency" if "balance" not in table and "transaction" not in table else "memo"

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table=table, column=column))


def test_the_application_buys_holds_and_posts_with_the_rights_it_has() -> None:
    make_hold(make_merchant())
    legs = [Leg(Account.SUBSIDIES, 100), Leg(Account.PAYABLE, -100, str(uuid7()))]

    ledger.post(posting=Posting("test", uuid7(), "one", "USD", [legs[0], Leg(Account.COMMISSION, -100)]), at=timezone.now())

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert LedgerTransaction.objects.count() == 3
    assert LedgerEntry.objects.exists()


def test_the_application_sells_at_trade_prices_with_the_rights_it_has() -> None:
    goods, company = make_goods(price=1_000), make_company()
    give_list(company, make_price_list(goods, (1, 900)))
    user = administrator_of(company)

    checkout = place(
        make_cart(goods, user=user), user=user, buyer=make_buyer(user, company_id=company.pk), expected_total_minor=900 + SHIPPING
    )

    assert checkout.goods_minor == 900
    # The list was held while the purchase was written, which only whoever may change it can ask for.
    assert OrderLine.objects.get().price_list_version == 2


def test_verifying_says_whether_rights_refuse_too() -> None:
    assert verification.rights() == []

    with as_owner():
        assert len(verification.rights()) == 11
