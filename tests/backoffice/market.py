"""Two shops with everything a shop can have. Every text of a shop carries its canary, so a leak is found by searching for one word."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from accounts.models import User
from catalog.imports.services import map_columns, upload
from catalog.imports.work import work_through
from catalog.models import Picture, Product, ProductImport, Proposal, Review
from catalog.services.bundles import Part, compose_bundle
from catalog.services.prices import set_price
from catalog.services.questions import ask_question
from catalog.services.reviews import add_review
from catalog.services.trade_accounts import ask_trade_prices
from core.ids import uuid7
from logistics.floor.services import drop_wave, make_wave, save_bin
from logistics.models import Shipment, ShippingRate, Stock, Warehouse
from logistics.routes.services import add_stop
from logistics.rules import Zone
from logistics.services import create_warehouse, receive_stock, record_tracking, set_shipping_rate, set_warehouse_active
from logistics.services.carrier_accounts import create_carrier_account
from logistics.services.carrier_inbox import process_carrier_messages, receive_carrier_message
from logistics.services.counts import open_count
from logistics.services.pickup_points import PickupTerms, save_pickup_point
from logistics.services.purchasing import draft_purchase, save_supplier
from logistics.services.slots import SlotOffer, offer_slot
from logistics.services.transfers import draft_transfer
from logistics.services.warehouses import Terms, set_warehouse_terms
from logistics.services.zones import ZonePrice, save_shipping_zone
from merchants.models import ApiKey, Membership, Merchant, Operation
from merchants.services.api_keys import create_api_key
from merchants.services.invitations import invite_member
from orders.models import AfterSalesCase, MerchantOrder
from orders.services import fulfilment
from orders.services.dispatching import dispatch_order
from orders.services.order_rows import Buyer
from orders.services.papers import issue_invoice
from orders.services.payment import mark_paid
from orders.services.quotes import ask_for_quote
from orders.services.undelivered import note_undelivered
from payments import postings
from payments.models import PaymentAttempt, PayoutStatement
from payments.services import ledger
from payments.services.payouts import run_payouts
from tests.factories.accounts import make_user
from tests.factories.carriers import message_of, signed
from tests.factories.cases import open_case
from tests.factories.catalog import make_category, make_product, new_variant
from tests.factories.companies import administrator_of, give_list, make_company, make_price_list
from tests.factories.merchants import make_membership, make_merchant
from tests.factories.orders import make_cart, place
from tests.factories.payouts import make_account, make_due, make_payable
from tests.factories.routes import bare_route, make_recipient, make_vehicle
from tests.factories.scorecards import give_numbers, make_open_violation


@dataclass
class Shop:
    """A merchant with team, goods, stock, orders in every state that matters, a review and an API key."""

    canary: str
    merchant: Merchant
    owner: User
    product: Product
    draft: Product
    warehouse: Warehouse
    stock: Stock
    to_ship: MerchantOrder
    shipped: MerchantOrder
    unpaid: MerchantOrder
    review: Review
    key: ApiKey
    rate: ShippingRate
    statement: PayoutStatement
    case: AfterSalesCase

    def member(self, role: str) -> User:
        return make_membership(self.merchant, make_user(email=f"{role}.{self.canary.lower()}@example.com"), role).user


def make_shop(canary: str) -> Shop:
    """A shop in whose every text `canary` can be found."""
    merchant = make_merchant(
        name=f"{canary} shop", email=f"hello@{canary.lower()}.example", address=f"{canary} road 1", city=f"{canary}ville"
    )
    owner = make_membership(
        merchant, make_user(email=f"owner@{canary.lower()}.example", name=f"{canary} owner"), Membership.Role.OWNER
    ).user
    category = make_category()
    product = make_product(
        merchant=merchant, category=category, title=f"{canary} lantern", variants=[new_variant(sku=f"{canary}-1", price_minor=2_000)]
    )
    draft = make_product(
        merchant=merchant, category=category, title=f"{canary} draft", published=False, variants=[new_variant(sku=f"{canary}-2")]
    )
    compose_bundle(variant_id=draft.variants.get().pk, parts=[Part(product.variants.get().pk, 2)])
    Picture.objects.create(product=product, original=f"products/{canary}/original.webp", width=10, height=10, alt=f"{canary} picture")
    set_price(variant_id=product.variants.get().pk, currency="EUR", price_minor=4_711)
    warehouse = create_warehouse(merchant=merchant, code=f"{canary}-W", name=f"{canary} hall", kind="central", city=f"{canary}ville")
    variant = product.variants.get()
    stock = receive_stock(
        variant=variant, warehouse=warehouse, quantity=20, actor="system:test", at=timezone.now(), note=f"{canary} delivery"
    )
    rate = set_shipping_rate(merchant=merchant, currency="USD", flat_minor=500)
    to_ship = paid_order(variant, canary)
    shipped = paid_order(variant, canary)
    fulfilment.ship_order(
        order_id=shipped.pk, carrier=f"{canary} express", tracking_number=f"{canary}-TRACK", actor="system:test", at=timezone.now()
    )
    Proposal.objects.create(
        merchant=merchant, product=product, changes={"title": {"old": product.title, "new": f"{canary} lamp"}}, actor="merchant:test"
    )
    ask_for_quote(
        user=make_user(email=f"asks@{canary.lower()}.example", name=f"{canary} asks"), variant_id=variant.pk, quantity=20,
        message=f"{canary} fair", at=timezone.now(),
    )  # fmt: skip
    bring_to_the_door(shipped, canary)
    trade_with_companies(variant, canary)
    lose_a_parcel(merchant, variant, canary)
    issue_invoice(order_id=to_ship.pk, at=timezone.now())
    asker = make_user(email=f"asker@{canary.lower()}.example")
    ask_question(
        product_id=product.pk, user_id=asker.pk, author=f"{canary} asker", text=f"Does {canary} glow?", language="en", at=timezone.now()
    )
    bring_file(merchant, canary)
    invite_member(merchant=merchant, by=owner, email=f"invited@{canary.lower()}.example", role="service", language="en", at=timezone.now())
    note_operation(merchant, owner, product, canary)
    judge(merchant, canary)
    goods_come_and_go(stock, canary)
    walk_the_floor(to_ship, warehouse, canary)
    return Shop(
        canary=canary,
        merchant=merchant,
        owner=owner,
        product=product,
        draft=draft,
        warehouse=warehouse,
        stock=Stock.objects.get(pk=stock.pk),
        to_ship=to_ship,
        shipped=MerchantOrder.objects.get(pk=shipped.pk),
        unpaid=place(make_cart(variant), buyer=_buyer(canary)).orders.get(),
        review=add_review(
            product_id=product.pk,
            user_id=None,
            author=f"{canary} shopper",
            order_line=None,
            stars=2,
            text=f"{canary} broke",
            language="en",
            at=timezone.now(),
        ),
        key=create_api_key(merchant=merchant, name=f"{canary} key", scopes=["orders:read"], user=owner)[0],
        rate=rate,
        statement=make_statement(merchant, canary),
        case=open_case(shipped, kind="refund_only", reason="not_arrived", text=f"{canary} never came"),
    )


def trade_with_companies(variant: Any, canary: str) -> None:
    """A price list that one company has, and another that asks."""
    company = make_company(name=f"{canary} works", contact=f"{canary} buyer", address=f"{canary} lane 3")
    give_list(company, make_price_list(variant, (1, 1_234), name=f"{canary} prices"))
    asking = make_company(name=f"{canary} hotel")
    ask_trade_prices(user=administrator_of(asking), merchant=variant.merchant, message=f"{canary} needs many", at=timezone.now())


def bring_to_the_door(order: MerchantOrder, canary: str) -> None:
    """Its parcel on a van of the merchant's own, today."""
    parcel = Shipment.objects.select_related("warehouse").get(reference=order.pk)
    recipient = make_recipient(name=f"{canary} buyer", address=f"{canary} lane 2", city=f"{canary}burg", note=f"{canary} bell")
    stop = add_stop(
        shipment=parcel,
        label=f"{canary}-1",
        recipient=recipient,
        merchant=order.merchant,
        day=timezone.localdate(),
        actor="system:test",
        at=timezone.now(),
    )
    bare_route(stop, make_vehicle(parcel.warehouse, name=f"{canary} van"))


def lose_a_parcel(merchant: Merchant, variant: Any, canary: str) -> None:
    """A carrier of the shop's own has lost a parcel: there is something to claim and to decide, and a message nobody understands."""
    account, secret = create_carrier_account(
        merchant=merchant,
        code=canary.lower(),
        name=f"{canary} post",
        tracking_url=f"https://{canary.lower()}.example/{{number}}",
        at=timezone.now(),
    )
    order = paid_order(variant, canary)
    dispatch_order(order_id=order.pk, way=str(account.pk), tracking_number=f"{canary}-LOST", actor="system:test", at=timezone.now())
    parcel = order.merchant.shipments.get(reference=order.pk)
    record_tracking(shipment_id=parcel.pk, code="lost", place=f"{canary} ditch", at=timezone.now(), actor="system:test")
    note_undelivered(shipment_id=parcel.pk, at=timezone.now())
    body = message_of(f"{canary}-NOBODY", place=f"{canary} lane")
    receive_carrier_message(code=account.code, headers=signed(secret, body), body=body, at=timezone.now())
    process_carrier_messages(at=timezone.now())


def judge(merchant: Merchant, canary: str) -> None:
    """Scorecards of yesterday and a broken rule that can be appealed."""
    give_numbers(merchant, day=timezone.localdate() - dt.timedelta(days=1), late=(1, 4), rating=(8, 2))
    make_open_violation(merchant, rule=f"{canary} copies", reason=f"{canary} sold copies", points=6)


def goods_come_and_go(stock: Stock, canary: str) -> None:
    """A transfer, a purchase order and a count, each just written down, and a price for sending far away."""
    target = create_warehouse(merchant=stock.merchant, code=f"{canary}-X", name=f"{canary} cellar", kind="store", city=f"{canary}ville")
    set_warehouse_active(warehouse_id=target.pk, is_active=False)
    goods = {stock.variant.sku: 1}
    who: dict[str, Any] = {"merchant_id": stock.merchant_id, "actor": "merchant:test", "at": timezone.now(), "note": f"{canary} goods"}
    draft_transfer(source_id=stock.warehouse_id, target_id=target.pk, goods=goods, **who)
    supplier = save_supplier(merchant_id=stock.merchant_id, code=f"{canary}-S", name=f"{canary} kiln")
    draft_purchase(supplier_id=supplier.pk, warehouse_id=stock.warehouse_id, goods=goods, **who)
    open_count(warehouse_id=stock.warehouse_id, skus=[], **who)
    far = ZonePrice(name=f"{canary} far", zones=[Zone("CN", ("9999",))], way="flat", flat_minor=900)
    save_shipping_zone(merchant_id=stock.merchant_id, price=far)
    set_warehouse_terms(warehouse_id=target.pk, terms=Terms(latitude=Decimal(31), longitude=Decimal(121)))
    said = PickupTerms(address=f"{canary} lane 9", opening_hours={"mon": [["09:00", "18:00"]]})
    save_pickup_point(merchant_id=stock.merchant_id, warehouse_id=target.pk, terms=said)
    offer_slot(merchant_id=stock.merchant_id, warehouse_id=target.pk, offer=SlotOffer(1, dt.time(9), dt.time(12)))


def walk_the_floor(order: MerchantOrder, warehouse: Warehouse, canary: str) -> None:
    """A bin, and a wave of which nothing came."""
    keys: dict[str, Any] = {"merchant_id": warehouse.merchant_id, "at": timezone.now()}
    save_bin(code=f"{canary}-A-01-1", warehouse_id=warehouse.pk, **keys)
    wave = make_wave(orders={order.pk: order.number}, warehouse_id=warehouse.pk, actor="merchant:test", **keys)
    drop_wave(wave_id=wave.pk, actor="merchant:test", reason=f"{canary} power cut", **keys)


def bring_file(merchant: Merchant, canary: str) -> ProductImport:
    """A file of products with a wrong row, checked and not imported yet."""
    lines = f"SKU,Title,Category,Price\n{canary}-9,{canary} lamp,{canary} lamps,5\n"
    row = upload(merchant=merchant, name=f"{canary}.csv", pieces=[lines.encode()], actor="merchant:test", at=timezone.now())
    map_columns(import_id=row.pk, merchant=merchant, mapping=row.mapping, defaults={}, categories={}, is_atomic=False, at=timezone.now())
    return work_through(row.pk, clock=timezone.now)


def note_operation(merchant: Merchant, owner: User, product: Product, canary: str) -> Operation:
    """An entry of the operation log."""
    made: Operation = Operation.objects.create(
        merchant=merchant,
        content_type=ContentType.objects.get_for_model(Product),
        object_pk=str(product.pk),
        object_repr=f"{canary} lantern",
        action=Operation.Action.UPDATE,
        changes={"title": [f"{canary} lamp", f"{canary} lantern"]},
        actor=owner,
        actor_email=owner.email,
        timestamp=timezone.now(),
    )
    return made


def make_statement(merchant: Merchant, canary: str) -> PayoutStatement:
    """A closed period with its payout, of a sale of long ago."""
    make_account(merchant, f"{canary}0001", holder=f"{canary} holder")
    make_payable(merchant, 5_000)
    make_due(merchant)
    run_payouts(at=timezone.now())
    found: PayoutStatement = PayoutStatement.objects.get(merchant=merchant)
    return found


def _buyer(canary: str) -> Any:
    from tests.factories.orders import make_buyer

    return make_buyer(name=f"{canary} buyer", address=f"{canary} lane 2", city=f"{canary}burg", email=f"buyer@{canary.lower()}.example")


def paid_order(variant: Any, canary: str, *, at: dt.datetime | None = None, quantity: int = 1, buyer: Buyer | None = None) -> MerchantOrder:
    """An order whose money came in, as the provider's answer would have made it."""
    at = at or timezone.now()
    checkout = place(make_cart(variant, quantity=quantity), buyer=buyer or _buyer(canary), at=at)
    attempt = PaymentAttempt.objects.create(
        reference=checkout.pk,
        gateway="sandbox",
        amount_minor=checkout.total_minor,
        currency=checkout.currency,
        status="succeeded",
        idempotency_key=uuid7().hex,
        return_url="https://shop.example/",
        description=checkout.number,
        settled_at=at,
    )
    ledger.post(posting=postings.capture(attempt), at=at)
    mark_paid(checkout_id=checkout.pk, attempt_id=attempt.pk, amount_minor=checkout.total_minor, currency=checkout.currency, at=at)
    return checkout.orders.get()
