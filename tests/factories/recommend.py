from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from catalog.models import Product, ProductCard, Review, Variant
from core.ids import order_number, secret_token, uuid7
from merchants.models import Merchant
from orders.models import Checkout, MerchantOrder, OrderLine
from recommend.models import ItemNeighbours, ModelVersion, UserRecommendation
from tests.factories.accounts import make_user
from tests.factories.catalog import make_category, make_product
from tests.factories.merchants import make_merchant
from tests.factories.orders import ADDRESS

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def make_purchase(
    products: Sequence[Product],
    *,
    user: User | None = None,
    email: str = "guest@example.com",
    language: str = "en",
    status: str = "paid",
    checkout_status: str = "",
    quantity: int = 1,
    at: dt.datetime = NOW,
) -> Checkout:
    """A purchase as rows, whatever its status: one order per merchant, one line per product, free shipping."""
    lines = [(product, product.variants.all()[0]) for product in products]
    total = sum(variant.price_minor * quantity for _, variant in lines)
    checkout = Checkout.objects.create(
        number=order_number(),
        token=secret_token(),
        user=user,
        email=user.email if user else email,
        language=language,
        status=checkout_status or (status if status in {"awaiting_payment", "expired"} else "paid"),
        **ADDRESS,
        currency="USD",
        goods_minor=total,
        shipping_minor=0,
        total_minor=total,
        placed_at=at,
        expires_at=at + dt.timedelta(minutes=30),
        placed_from=uuid7(),
    )
    for number, merchant_id in enumerate(dict.fromkeys(product.merchant_id for product, _ in lines), 1):
        mine = [(product, variant) for product, variant in lines if product.merchant_id == merchant_id]
        _make_order(checkout, number, merchant_id, mine, status=status, quantity=quantity)
    return checkout


def _make_order(
    checkout: Checkout, number: int, merchant_id: UUID, lines: list[tuple[Product, Variant]], *, status: str, quantity: int
) -> None:
    goods = sum(variant.price_minor * quantity for _, variant in lines)
    order = MerchantOrder.objects.create(
        checkout=checkout,
        merchant_id=merchant_id,
        number=f"{checkout.number}-{number}",
        status=status,
        currency="USD",
        goods_minor=goods,
        shipping_minor=0,
        total_minor=goods,
        commission_bps=500,
        commission_minor=goods // 20,
        placed_at=checkout.placed_at,
    )
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            merchant_id=merchant_id,
            product=product,
            variant=variant,
            sku=variant.sku,
            currency=order.currency,
            title=product.title,
            i18n=product.i18n,
            options=variant.options,
            price_minor=variant.price_minor,
            quantity=quantity,
            total_minor=variant.price_minor * quantity,
        )
        for product, variant in lines
    )


def make_review(product: Product, user: User | None = None, stars: int = 5, at: dt.datetime = NOW, author: str = "Li Na") -> Review:
    return Review.objects.create(product=product, user=user, author=author, stars=stars, created_at=at)


def put_in_stock(products: Sequence[Product], sold: int | None = None) -> None:
    changes = {"in_stock": True} | ({} if sold is None else {"sold": sold})
    ProductCard.objects.filter(pk__in=[product.pk for product in products]).update(**changes)


@dataclass(frozen=True)
class Shop:
    """Two groups of products, teas and tools, and people who buy from one group only."""

    merchants: list[Merchant]
    teas: list[Product]
    tools: list[Product]
    tea_lovers: list[User]
    tool_lovers: list[User]

    @property
    def products(self) -> list[Product]:
        return self.teas + self.tools


def make_shop(*, people: int = 24, products: int = 16) -> Shop:
    """A shop whose people have tastes that can be learnt: half buy teas, half buy tools, each five different ones and rate one."""
    draw = random.Random(7)
    merchants = [make_merchant() for _ in range(4)]
    groups = [
        [make_product(merchant=merchants[place % 4], category=category, title=f"{name} {place}") for place in range(products // 2)]
        for name, category in (("Tea", make_category("Teas")), ("Tool", make_category("Tools")))
    ]
    users = [[make_user() for _ in range(people // 2)] for _ in groups]
    for group, buyers in zip(groups, users, strict=True):
        for day, user in enumerate(buyers):
            bought = draw.sample(group, 5)
            for hour, product in enumerate(bought):
                make_purchase([product], user=user, status="completed", at=NOW + dt.timedelta(days=day, hours=hour))
            make_review(bought[0], user, stars=draw.choice([4, 5]), at=NOW + dt.timedelta(days=day))
        put_in_stock(group)
    return Shop(merchants, groups[0], groups[1], users[0], users[1])


def make_version(status: str = "live", **overrides: object) -> ModelVersion:
    return ModelVersion.objects.create(status=status, **{"live_at": NOW if status == "live" else None, **overrides})


def recommend_to(user: User, products: Sequence[Product], version: ModelVersion) -> UserRecommendation:
    scores = [float(-place) for place in range(len(products))]
    return UserRecommendation.objects.create(
        version=version, user=user, products=[product.pk for product in products], scores=scores, stars=[4.0] * len(products)
    )


def place_beside(product: Product, products: Sequence[Product], version: ModelVersion, weight: float = 1.0) -> ItemNeighbours:
    scores = [weight / (place + 1) for place in range(len(products))]
    return ItemNeighbours.objects.create(version=version, product=product, products=[other.pk for other in products], scores=scores)
