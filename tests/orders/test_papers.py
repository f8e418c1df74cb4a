"""Invoices and credit notes: issued once, numbered without gaps, adding up, never changed."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from catalog.models import Product
from core.ids import uuid7
from core.invariants import violations
from merchants.models import Merchant
from orders.errors import NothingToInvoice, RefundNotFound
from orders.models import Invoice, MerchantOrder, PaperCounter, PaperKind
from orders.printing import pdf_of
from orders.rules.papers import Credited
from orders.services import cancellation, cash, completion, fulfilment, refunds
from orders.services.papers import credit_refund, issue_credit_note, issue_invoice, issue_missing
from orders.services.returns_of_money import Part, refund_part
from orders.states import OrderStatus
from tests.drain import drain
from tests.factories.orders import make_buyer, make_cart, make_goods, make_seller, place
from tests.factories.taxes import make_tax_rate
from tests.rights import as_owner
from tests.walkthrough import order_up_to, pay

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


def paid_order(**seller: Any) -> MerchantOrder:
    """An order of 113.00 and 11.30 shipping, 13 % tax included, of one line of two pieces."""
    make_tax_rate("CN", 1_300)
    goods = make_goods(merchant=make_seller(**{"shipping": 1_130} | seller), price=5_650, title="Paper lantern")
    return order_up_to(OrderStatus.PAID, variants=[goods], quantity=2).order


def credit(order: MerchantOrder, amount: int, quantity: int = 0, **changes: Any) -> Invoice | None:
    parts = {str(order.lines.get().pk): Credited(quantity, amount)}
    call = {"order_id": order.pk, "cause": uuid7(), "parts": parts, "at": timezone.now()}
    return issue_credit_note(**call | changes)


def text_of(paper: Invoice) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf_of(paper))).pages)


def test_each_merchant_order_gets_its_invoice_when_the_purchase_is_paid() -> None:
    walk = order_up_to(OrderStatus.PAID)

    drain()

    papers = list(Invoice.objects.all())
    assert {(paper.order_id, paper.merchant_id, paper.total_minor, paper.tax_minor) for paper in papers} == {
        (order.pk, order.merchant_id, order.total_minor, order.tax_minor) for order in walk.orders
    }
    assert {paper.kind for paper in papers} == {PaperKind.INVOICE}
    assert {paper.number for paper in papers} == {f"INV-{timezone.localdate().year}-000001"}
    assert violations() == {}


def test_an_invoice_is_issued_once_however_often_it_is_asked_for() -> None:
    order = paid_order()
    first = issue_invoice(order_id=order.pk, at=timezone.now())

    again = issue_invoice(order_id=order.pk, at=timezone.now())
    drain()

    assert again.pk == first.pk
    assert Invoice.objects.count() == 1
    assert PaperCounter.objects.get().last == 1


def test_an_order_nobody_paid_has_no_invoice() -> None:
    order = place(make_cart(make_goods())).orders.get()

    with pytest.raises(NothingToInvoice):
        issue_invoice(order_id=order.pk, at=timezone.now())

    assert not PaperCounter.objects.exists()


def test_what_is_printed_was_frozen_in_the_buyers_language() -> None:
    make_tax_rate("CN", 1_300)
    seller = make_seller(shipping=0, name="Lakeside Tea", i18n={"zh-hans": {"name": "湖畔茶业"}}, city="Hangzhou")
    Merchant.objects.filter(pk=seller.pk).update(tax_number="91330100MA27XF1C4K")
    goods = make_goods(merchant=seller, price=11_300, title="Green tea")
    Product.objects.filter(pk=goods.product_id).update(i18n={"zh-hans": {"title": "明前龙井"}})
    checkout = place(make_cart(goods), buyer=make_buyer(language="zh-hans", name="李娜"))
    pay(checkout)

    paper = issue_invoice(order_id=checkout.orders.get().pk, at=NOON)
    before = pdf_of(paper)
    Merchant.objects.filter(pk=seller.pk).update(name="Somebody else", i18n={}, tax_number="")
    Product.objects.filter(pk=goods.product_id).update(title="Coal", i18n={})
    paper = Invoice.objects.get(pk=paper.pk)

    assert pdf_of(paper) == before
    text = text_of(paper)
    for piece in ("湖畔茶业", "明前龙井", "李娜", "91330100MA27XF1C4K", "2026年11月22日", paper.number, "US$113.00", "US$13.00", "13%"):
        assert piece in text, piece


def test_the_same_paper_is_the_same_file_for_ever() -> None:
    paper = issue_invoice(order_id=paid_order().pk, at=NOON)

    files = {pdf_of(Invoice.objects.get(pk=paper.pk)) for _ in range(3)}

    assert len(files) == 1
    assert "Paper lantern" in text_of(paper)
    assert "$124.30" in text_of(paper)


def test_tax_lines_add_up_to_the_total_with_several_rates() -> None:
    """MON21."""
    make_tax_rate("CN", 1_300)
    make_tax_rate("CN", 900, "reduced")
    seller = make_seller(shipping=777)
    goods = [make_goods(merchant=seller, price=price) for price in (1_001, 333, 99)]
    Product.objects.filter(pk=goods[1].product_id).update(tax_class="reduced")
    walk = order_up_to(OrderStatus.PAID, variants=goods, quantity=3)

    paper = issue_invoice(order_id=walk.order.pk, at=NOON)

    content = paper.content
    assert len(content["lines"]) == 4
    assert [tax["bps"] for tax in content["taxes"]] == [1_300, 900]
    assert sum(tax["net_minor"] + tax["tax_minor"] for tax in content["taxes"]) == paper.total_minor == walk.order.total_minor
    assert sum(tax["tax_minor"] for tax in content["taxes"]) == sum(line["tax_minor"] for line in content["lines"]) == paper.tax_minor
    assert "9%" in text_of(paper)


def test_numbers_count_per_merchant_series_and_year() -> None:
    seller = make_seller()
    orders = [order_up_to(OrderStatus.PAID, variants=[make_goods(merchant=seller)]).order for _ in range(3)]
    other = order_up_to(OrderStatus.PAID, variants=[make_goods()]).order

    numbers = [
        issue_invoice(order_id=orders[0].pk, at=dt.datetime(2026, 12, 31, 15, tzinfo=dt.UTC)).number,
        issue_invoice(order_id=other.pk, at=dt.datetime(2026, 12, 31, 15, tzinfo=dt.UTC)).number,
        issue_invoice(order_id=orders[1].pk, at=dt.datetime(2027, 1, 2, tzinfo=dt.UTC)).number,
        issue_invoice(order_id=orders[2].pk, at=dt.datetime(2027, 1, 2, tzinfo=dt.UTC)).number,
    ]

    assert numbers == ["INV-2026-000001", "INV-2026-000001", "INV-2027-000001", "INV-2027-000002"]
    assert not [name for name in violations() if "paper" in name]


def test_days_of_a_series_do_not_go_backwards() -> None:
    seller = make_seller()
    orders = [order_up_to(OrderStatus.PAID, variants=[make_goods(merchant=seller)]).order for _ in range(2)]
    later = issue_invoice(order_id=orders[0].pk, at=NOON)

    earlier = issue_invoice(order_id=orders[1].pk, at=NOON - dt.timedelta(days=3))

    assert (earlier.sequence, earlier.issued_at) == (2, later.issued_at)


def test_a_number_that_was_rolled_back_is_given_again() -> None:
    seller = make_seller()
    orders = [order_up_to(OrderStatus.PAID, variants=[make_goods(merchant=seller)]).order for _ in range(2)]
    with pytest.raises(RuntimeError), transaction.atomic():
        issue_invoice(order_id=orders[0].pk, at=NOON)
        raise RuntimeError("the lights went out")

    paper = issue_invoice(order_id=orders[1].pk, at=NOON)

    assert paper.sequence == 1
    assert issue_invoice(order_id=orders[0].pk, at=NOON).sequence == 2


def test_a_cancelled_order_is_credited_in_full_and_once() -> None:
    order = paid_order()
    drain()

    cancellation.cancel_order(order_id=order.pk, actor="operator:1", reason="asked", at=timezone.now())
    drain()

    invoice, note = Invoice.objects.get(kind="invoice"), Invoice.objects.get(kind="credit_note")
    assert (note.corrects_id, note.total_minor, note.tax_minor) == (invoice.pk, invoice.total_minor, invoice.tax_minor)
    assert note.number == f"CN-{timezone.localdate().year}-000001"
    assert invoice.number in text_of(note)
    assert issue_credit_note(order_id=order.pk, cause=order.pk, at=timezone.now()) == note
    assert violations() == {}


def test_a_refund_handled_before_the_payment_still_has_its_invoice_first() -> None:
    order = paid_order()
    cancellation.cancel_order(order_id=order.pk, actor="operator:1", reason="asked", at=timezone.now())

    note = issue_credit_note(order_id=order.pk, cause=order.pk, at=NOON)
    drain()

    assert note is not None
    assert note.corrects is not None
    assert note.corrects.sequence == 1
    assert Invoice.objects.count() == 2


def test_part_credits_take_the_invoiced_tax_back_to_the_last_unit() -> None:
    """MON21."""
    order = paid_order()

    notes = [credit(order, amount) for amount in (1, 3_333, 3_333, 3_333, 1_300)]
    rest = issue_credit_note(order_id=order.pk, cause=order.pk, at=timezone.now())

    invoice = Invoice.objects.get(kind="invoice")
    assert rest is not None
    assert [line["key"] for line in rest.content["lines"]] == [""]
    assert sum(note.tax_minor for note in notes if note) == order.lines.get().tax_minor
    assert sum(note.total_minor for note in Invoice.objects.filter(corrects=invoice)) == invoice.total_minor
    assert sum(note.tax_minor for note in Invoice.objects.filter(corrects=invoice)) == invoice.tax_minor
    assert violations() == {}


def test_whole_pieces_are_credited_by_their_price() -> None:
    order = paid_order()

    note, part = credit(order, 5_650, quantity=1), credit(order, 100, quantity=1)

    assert note is not None
    assert part is not None
    assert [(line["quantity"], line["price_minor"]) for line in (note.content["lines"][0], part.content["lines"][0])] == [
        (1, 5_650),
        (1, 100),
    ]


def test_more_than_was_invoiced_is_not_credited() -> None:
    order = paid_order()
    credit(order, 11_000)

    with pytest.raises(NothingToInvoice):
        credit(order, 301)

    assert Invoice.objects.filter(kind="credit_note").count() == 1
    assert PaperCounter.objects.get(series="CN").last == 1


def test_nothing_credited_is_no_paper() -> None:
    order = paid_order()
    issue_credit_note(order_id=order.pk, cause=uuid7(), at=NOON)

    assert issue_credit_note(order_id=order.pk, cause=uuid7(), at=NOON) is None
    assert Invoice.objects.count() == 2


def test_a_refunded_order_that_was_paid_with_points_says_so() -> None:
    order = paid_order()

    note = issue_credit_note(order_id=order.pk, cause=order.pk, points_minor=400, at=NOON)

    assert note is not None
    assert "returned as points" in text_of(note)
    assert "$4.00" in text_of(note)


def test_the_refund_of_a_completed_order_is_credited_by_its_event() -> None:
    order = order_up_to(OrderStatus.REFUNDED, variants=[make_goods()]).order

    drain()

    assert Invoice.objects.get(kind="credit_note").total_minor == order.total_minor
    assert refunds.refund_order(order_id=order.pk, actor="operator:1", reason="again", at=timezone.now()).pk == order.pk


def test_orders_older_than_invoices_are_invoiced_first_paid_first() -> None:
    seller = make_seller()
    orders = [order_up_to(OrderStatus.PAID, variants=[make_goods(merchant=seller)]).order for _ in range(3)]
    issue_invoice(order_id=orders[2].pk, at=NOON)

    found = issue_missing(at=timezone.now(), paid_before=timezone.now())

    assert found == 2
    assert [paper.order_id for paper in Invoice.objects.order_by("sequence")] == [orders[2].pk, orders[0].pk, orders[1].pk]
    assert issue_missing(at=timezone.now(), paid_before=timezone.now()) == 0


@pytest.mark.parametrize("write", ["UPDATE orders_invoice SET total_minor = 0", "DELETE FROM orders_invoice"])
def test_the_database_refuses_to_change_a_paper(write: str) -> None:
    issue_invoice(order_id=paid_order().pk, at=NOON)

    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(write)

    assert Invoice.objects.filter(total_minor__gt=0).count() == 1


def test_a_gap_and_a_paper_that_does_not_add_up_are_seen() -> None:
    paper = issue_invoice(order_id=paid_order().pk, at=NOON)

    PaperCounter.objects.update(last=2)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE orders_invoice DISABLE TRIGGER paper_stays")
        cursor.execute("UPDATE orders_invoice SET tax_minor = tax_minor - 1 WHERE id = %s", [paper.pk])
        cursor.execute("ALTER TABLE orders_invoice ENABLE TRIGGER paper_stays")

    assert {"invariant_papers_are_numbered_without_gaps", "invariant_papers_add_up", "invariant_invoice_is_its_order"} <= set(violations())


def test_an_invoice_takes_few_statements_however_many_lines_it_has() -> None:
    seller = make_seller()
    order = order_up_to(OrderStatus.PAID, variants=[make_goods(merchant=seller) for _ in range(4)]).order

    with CaptureQueriesContext(connection) as statements:
        issue_invoice(order_id=order.pk, at=NOON)

    assert len([query for query in statements if "SAVEPOINT" not in query["sql"]]) <= 6


def test_each_part_refund_gets_its_credit_note_by_line() -> None:
    """MON21."""
    make_tax_rate("CN", 1_300)
    seller = make_seller(shipping=1_130)
    goods = [make_goods(merchant=seller, price=price) for price in (5_650, 999)]
    order = order_up_to(OrderStatus.DELIVERED, variants=goods, quantity=2).order
    first, second = order.lines.order_by("-price_minor")
    refund = {"order_id": order.pk, "actor": "operator:1", "reason": "broken", "at": timezone.now()}
    cause = uuid7()

    refund_part(cause=cause, parts=[Part(first.pk, 1, 5_650), Part(second.pk, 0, 111)], shipping_minor=130, **refund)
    refund_part(cause=uuid7(), parts=[Part(second.pk, 2, 1_887)], shipping_minor=1_000, **refund)
    drain()
    refunds.refund_order(order_id=order.pk, actor="operator:1", reason="the rest", at=timezone.now())
    drain()

    notes = list(Invoice.objects.filter(kind="credit_note").order_by("sequence"))
    note = next(note for note in notes if note.cause == cause)
    assert {line["key"]: line["total_minor"] for line in note.content["lines"]} == {str(first.pk): 5_650, str(second.pk): 111, "": 130}
    assert {note.total_minor for note in notes} == {5_891, 2_887, 5_650}
    assert sum(note.tax_minor for note in notes) == order.tax_minor
    assert violations() == {}


def test_a_refund_that_was_not_made_has_no_credit_note() -> None:
    order = paid_order()

    with pytest.raises(RefundNotFound):
        credit_refund(order_id=order.pk, cause=uuid7(), at=NOON)

    assert not Invoice.objects.exists()


def test_an_order_paid_at_the_door_has_its_papers_when_it_is_complete() -> None:
    """What was given back before the cash was collected is credited after the invoice."""
    make_tax_rate("CN", 1_300)
    seller = make_seller()
    Merchant.objects.update(cash_on_delivery=True)
    walk = order_up_to(OrderStatus.AWAITING_PAYMENT, variants=[make_goods(merchant=seller, price=5_650)], quantity=2)
    at = timezone.now()
    cash.confirm_cash(checkout_id=walk.checkout.pk, actor="shopper:guest", at=at)
    order = walk.order
    fulfilment.ship_order(order_id=order.pk, carrier="SF", tracking_number="1", actor="merchant:x", at=at)
    fulfilment.mark_delivered(order_id=order.pk, actor="system:test", at=at)
    cause = uuid7()
    line = order.lines.get()
    refund_part(
        order_id=order.pk, cause=cause, parts=[Part(line.pk, 1, 5_650)], shipping_minor=0, actor="operator:1", reason="broken", at=at
    )
    drain()
    before = Invoice.objects.count()

    completion.confirm_receipt(order_id=order.pk, actor="shopper:guest", at=at)
    drain()

    assert before == 0
    assert [(paper.kind, paper.total_minor) for paper in Invoice.objects.order_by("-kind")] == [("invoice", 11_800), ("credit_note", 5_650)]
    assert violations() == {}


def test_an_order_refused_at_the_door_has_no_papers() -> None:
    goods = make_goods()
    Merchant.objects.update(cash_on_delivery=True)
    walk = order_up_to(OrderStatus.AWAITING_PAYMENT, variants=[goods])
    cash.confirm_cash(checkout_id=walk.checkout.pk, actor="shopper:guest", at=timezone.now())
    fulfilment.ship_order(order_id=walk.order.pk, carrier="SF", tracking_number="1", actor="merchant:x", at=timezone.now())

    cash.refuse_at_door(order_id=walk.order.pk, actor="merchant:x", reason="not at home", at=timezone.now())
    drain()

    assert not Invoice.objects.exists()
    assert violations() == {}
