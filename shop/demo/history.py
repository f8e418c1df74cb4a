"""A few weeks of business: the people who wrote the demo's reviews buy, pay, receive and review what they reviewed.

Every step goes through the services a click would call, so the ledger, the stock and the timelines are real. Keys are
derived from the data, so playing an interrupted history again continues where it stopped.
"""

import datetime as dt
import random
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from accounts.models import User
from accounts.services import add_address
from catalog.models import Product, Review, Variant
from catalog.services.reviews import Author, write_review
from logistics.selectors import shipments_of
from logistics.services.shipments import record_tracking
from logistics.states import ShipmentStatus
from orders.models import Cart, Checkout, MerchantOrder, OrderLine
from orders.selectors import cart_view
from orders.services.carts import add_to_cart
from orders.services.checkout import place_order
from orders.services.completion import confirm_receipt
from orders.services.fulfilment import mark_delivered, ship_order
from orders.services.order_rows import Buyer
from orders.services.reviews import review_line
from orders.states import OrderStatus
from shop.demo import opinions, source, tenders
from shop.demo.cases import play_cases
from shop.demo.market import ACTOR, person
from shop.demo.payouts import pay_until
from shop.demo.tenders import Tender

NAMESPACE = uuid.UUID("6f1c1f4e-6a0b-5c5e-9f38-0c5a3f1d2b77")
CITIES = (("Hangzhou", "310000"), ("Shanghai", "200000"), ("Chengdu", "610000"), ("Guangzhou", "510000"), ("Beijing", "100000"))
CARRIERS = ("SF Express", "ZTO Express", "JD Logistics")
# Where the demo's shopper buys each time: the shop whose login is printed has then been paid more than once.
OFTEN = "qinghe-apparel"
# Who has something of that shop's to return, besides the demo's shopper.
DISAPPOINTED = (("Sun Lei", 6), ("He Yan", 7), ("Zhao Min", 8), ("Gao Jie", 9))
SHOPPER, SHOPPER_NAME = "shopper@demo.jishi", "Lin Xiaoyu"
COMPLETED_AFTER = dt.timedelta(days=5)
STAGES = (OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.COMPLETED)


@dataclass(frozen=True)
class Item:
    """One unit of a product's base variant, and what its buyer said of it later, if anything."""

    sku: str
    review: dict[str, Any] | None = None


@dataclass(frozen=True)
class Purchase:
    buyer: str
    name: str
    language: str
    items: tuple[Item, ...]
    days_ago: int
    stage: OrderStatus
    tender: Tender = Tender.CARD

    @property
    def key(self) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, f"{self.buyer} {self.days_ago}")


@dataclass(frozen=True)
class Plan:
    """Purchases to play, and reviews whose purchase lies before the shop opened."""

    purchases: tuple[Purchase, ...]
    older_reviews: tuple[tuple[str, dict[str, Any]], ...]
    now: dt.datetime

    def units_by_sku(self) -> dict[str, int]:
        """Units that will have left or be promised when history has been played."""
        return Counter(item.sku for purchase in self.purchases for item in purchase.items)


def plan_purchases(rows: list[dict[str, Any]], rng: random.Random, *, now: dt.datetime, small: bool) -> Plan:
    """Reviewers in a fixed order: the first of them buy what they reviewed, the others bought it elsewhere, long ago.

    The demo's own shopper has one parcel on its way, one delivered and one completed order.
    """
    said: dict[str, list[tuple[str, dict[str, Any]]]] = {}
    for row in rows:
        for review in row["reviews"]:
            said.setdefault(review["reviewer"], []).append((row["variants"][0]["sku"], review))
    reviewers = sorted(said)
    rng.shuffle(reviewers)
    players = reviewers[: 8 if small else 48]
    purchases = [_reviewer_buys(number, said[reviewer], rng) for number, reviewer in enumerate(players)]
    older = [pair for reviewer in reviewers[len(players) :] for pair in said[reviewer]]
    purchases += [*_shopper_buys(rows, rng), *_others_buy(rows)]
    return Plan(tuple(purchase for purchase in purchases if tenders.is_taken(purchase.tender)), tuple(older), now)


def _reviewer_buys(number: int, said: list[tuple[str, dict[str, Any]]], rng: random.Random) -> Purchase:
    """The newest few are still on their way; all others are completed and reviewed."""
    items = {sku: Item(sku, review) for sku, review in said}
    days = 1 + number if number < 12 else 12 + rng.randrange(50)
    stage = STAGES[min(number // 4, 3)]
    first = said[0][1]
    return Purchase(_address(first["reviewer"]), first["reviewerName"], "en", tuple(items.values()), days, stage)


def _shopper_buys(rows: list[dict[str, Any]], rng: random.Random) -> list[Purchase]:
    """Parcels in three states, paid by card, and one purchase for every other way to pay."""
    cheap = _cheap(rows)
    often = [sku for sku, merchant in cheap.items() if merchant == OFTEN]
    stages = ((OrderStatus.SHIPPED, 2), (OrderStatus.DELIVERED, 5), (OrderStatus.COMPLETED, 20), (OrderStatus.COMPLETED, 41))
    purchases = []
    for stage, days in stages:
        first = [rng.choice(often)] if often and stage != OrderStatus.SHIPPED else []
        skus = first + rng.sample([sku for sku in cheap if sku not in first], 3 - len(first))
        purchases.append(_shopping(skus, days, stage, Tender.CARD))
    takers = {row["slug"] for row in source.rows("merchants") if row.get("cash_on_delivery")}
    at_the_door = [sku for sku, merchant in cheap.items() if merchant in takers]
    for tender, stage, days in (
        (Tender.STORE_CREDIT, OrderStatus.COMPLETED, 16),
        (Tender.GIFT_CARD, OrderStatus.COMPLETED, 12),
        (Tender.CASH, OrderStatus.COMPLETED, 9),
        (Tender.TRANSFER, OrderStatus.SHIPPED, 6),
        (Tender.CASH, OrderStatus.SHIPPED, 3),
        (Tender.AWAITED, OrderStatus.AWAITING_PAYMENT, 1),
    ):
        shelf = at_the_door if tender == Tender.CASH else list(cheap)
        purchases.append(_shopping(rng.sample(shelf, min(2, len(shelf))), days, stage, tender))
    return purchases


def _shopping(skus: list[str], days: int, stage: OrderStatus, tender: Tender) -> Purchase:
    return Purchase(SHOPPER, SHOPPER_NAME, "en", tuple(map(Item, skus)), days, stage, tender)


def _others_buy(rows: list[dict[str, Any]]) -> list[Purchase]:
    """What the shop with the printed login gets back later, and a bank transfer that nobody can tell from its text."""
    cheap = _cheap(rows)
    often = [sku for sku, merchant in cheap.items() if merchant == OFTEN]
    purchases = [
        Purchase(_address(name.lower().replace(" ", ".")), name, "en", (Item(sku),), days, OrderStatus.DELIVERED)
        for (name, days), sku in zip(DISAPPOINTED, cycle(often), strict=False)
    ]
    sku = next(iter(cheap))
    return [*purchases, Purchase(_address("zhou.yi"), "Zhou Yi", "en", (Item(sku),), 2, OrderStatus.AWAITING_PAYMENT, Tender.UNNAMED)]


def _cheap(rows: list[dict[str, Any]]) -> dict[str, str]:
    """Merchants by the SKU of goods that cost little and of which there are some."""
    base = [(row["merchant"], row["variants"][0]) for row in rows]
    return {variant["sku"]: merchant for merchant, variant in base if variant["price_minor"] < 10_000 and variant["stock"] > 5}


def _address(reviewer: str) -> str:
    return f"{reviewer}@shoppers.example"


class History:
    """Plays a plan; `steps` is how many steps `play` yields."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.steps = len(plan.purchases) + 1

    def play(self) -> Iterator[int]:
        """Yields the number of steps done."""
        # The oldest first, so that a period that ends has everything that had happened by then and nothing else.
        for done, purchase in enumerate(sorted(self.plan.purchases, key=lambda purchase: -purchase.days_ago), start=1):
            pay_until(self._placed_at(purchase) + COMPLETED_AFTER)
            self._live(purchase)
            yield done
        pay_until(self.plan.now)
        play_cases(self.plan.now)
        self._write_older_reviews()
        opinions.converse(self.plan.now)
        yield self.steps

    def _placed_at(self, purchase: Purchase) -> dt.datetime:
        return self.plan.now - dt.timedelta(days=purchase.days_ago, minutes=37)

    def _live(self, purchase: Purchase) -> None:
        user = person(purchase.buyer, purchase.name, language=purchase.language)
        moment = self._placed_at(purchase)
        checkout = Checkout.objects.filter(pk=purchase.key).first() or self._place(purchase, user, moment)
        paid = tenders.pay(checkout=checkout, tender=purchase.tender, at=moment + dt.timedelta(minutes=3))
        if purchase.stage == OrderStatus.AWAITING_PAYMENT:
            return
        began = max(moment, paid - dt.timedelta(minutes=3))
        for order in checkout.orders.order_by("pk"):
            self._deliver(order, purchase, user, began)

    def _place(self, purchase: Purchase, user: User, moment: dt.datetime) -> Checkout:
        Cart.objects.filter(user=user).delete()
        variants = Variant.objects.filter(sku__in=[item.sku for item in purchase.items])
        for variant in variants:
            cart = add_to_cart(user=user, token=None, variant_id=variant.pk, quantity=1, at=moment)
        city, postcode = CITIES[purchase.key.int % len(CITIES)]
        buyer = Buyer(
            user_id=user.pk, email=user.email, language=purchase.language, name=purchase.name, phone="+86 571 8765 4321",
            address="18 Lantern Street", city=city, postcode=postcode, country="CN",
        )  # fmt: skip
        view = cart_view(cart)
        credit = tenders.wishes(tender=purchase.tender, user=user, total_minor=view.total_minor, currency=view.currency)
        return place_order(
            cart_id=cart.pk, key=purchase.key, buyer=buyer, points=0, expected_total_minor=view.total_minor, at=moment, credit=credit
        )

    def _deliver(self, order: MerchantOrder, purchase: Purchase, user: User, moment: dt.datetime) -> None:
        wanted = STAGES.index(purchase.stage)
        day = dt.timedelta(days=1)
        if wanted >= 1 and order.status in {OrderStatus.PAID, OrderStatus.PREPARING}:
            number = f"DEMO{order.pk.int % 10**10:010d}"
            carrier = CARRIERS[order.pk.int % len(CARRIERS)]
            order = ship_order(order_id=order.pk, carrier=carrier, tracking_number=number, actor=ACTOR, at=moment + day)
        if wanted >= 2 and order.status == OrderStatus.SHIPPED:
            self._travel(order, moment)
            order = mark_delivered(order_id=order.pk, actor=ACTOR, at=moment + 4 * day)
        if wanted >= 3 and order.status == OrderStatus.DELIVERED:
            confirm_receipt(order_id=order.pk, actor=f"shopper:{user.pk}", at=moment + COMPLETED_AFTER)
            self._review(order, purchase, user, moment + 6 * day)

    def _travel(self, order: MerchantOrder, moment: dt.datetime) -> None:
        stops = ((ShipmentStatus.IN_TRANSIT, dt.timedelta(days=2)), (ShipmentStatus.DELIVERED, dt.timedelta(days=4)))
        for parcel in shipments_of(order.pk):
            for status, later in stops:
                place = order.checkout.city if status == ShipmentStatus.DELIVERED else ""
                record_tracking(shipment_id=parcel.pk, code=status, at=moment + later, actor=ACTOR, place=place)

    def _review(self, order: MerchantOrder, purchase: Purchase, user: User, moment: dt.datetime) -> None:
        said = {item.sku: item.review for item in purchase.items if item.review}
        for line in OrderLine.objects.filter(order=order, sku__in=said).select_related("product"):
            review = said[line.sku] or {}
            written = review_line(
                order_line_id=line.pk, user_id=user.pk, stars=review["rating"], text=review["comment"], language="en", at=moment,
                details=opinions.details_of(review, line.product),
            )  # fmt: skip
            self._finish(written, review)

    def _write_older_reviews(self) -> None:
        products = {variant.sku: variant.product for variant in Variant.objects.select_related("product")}
        for sku, review in self.plan.older_reviews:
            user = person(_address(review["reviewer"]), review["reviewerName"])
            product: Product = products[sku]
            if not Review.objects.filter(product=product, user=user).exists():
                written = write_review(
                    product_id=product.pk, author=Author(user.pk, review["reviewerName"]), order_line=None, stars=review["rating"],
                    text=review["comment"], language="en", at=dt.datetime.fromisoformat(review["date"]),
                    details=opinions.details_of(review, product),
                )  # fmt: skip
                self._finish(written, review)

    def _finish(self, written: Review, said: dict[str, Any]) -> None:
        Review.objects.filter(pk=written.pk).update(i18n=_translation(said), author=opinions.shown_name(said["reviewerName"]))
        opinions.render_photos(written)


def _translation(review: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {source.CHINESE: {"text": review["comment_zh"]}}


def make_logins() -> None:
    """The people whose logins are printed; merchants' owners exist already."""
    person("operator@demo.jishi", "Operator", is_operator=True)
    shopper = person(SHOPPER, SHOPPER_NAME)
    if not shopper.addresses.exists():
        add_address(
            user=shopper, name=SHOPPER_NAME, phone="+86 571 8765 4321", address="18 Lantern Street", city="Hangzhou", postcode="310000",
            country="CN",
        )  # fmt: skip
