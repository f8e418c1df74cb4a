"""Two shops with everything, somebody who buys from each, and the eight kinds of caller who come to every address."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.db import models
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from core.ids import uuid7
from merchants.models import ApiKey
from merchants.services.api_keys import create_api_key, revoke_api_key
from orders.models import AfterSalesCase, Checkout, MerchantOrder, Quote
from orders.services.papers import issue_invoice
from orders.services.quotes import ask_for_quote
from orders.services.reviews import review_line
from tests.backoffice.market import Shop, make_shop
from tests.factories.accounts import make_address, make_user
from tests.factories.cases import open_case
from tests.factories.merchants import make_membership
from tests.factories.orders import make_buyer, make_cart, place
from tests.isolation.routes import Route
from tests.walkthrough import order_up_to, pay

CANARY = "BARRACUDA"
# What only B, its buyers and the operator know. Its goods, its name and its town are for everybody.
SECRETS = (
    f"{CANARY} buyer", f"{CANARY} lane", f"{CANARY}burg", f"owner@{CANARY}.example", f"buyer@{CANARY}.example", f"{CANARY} owner",
    f"{CANARY} holder", f"{CANARY} draft", f"{CANARY}-TRACK", f"{CANARY} never came", f"{CANARY} delivery", f"{CANARY} key",
    f"{CANARY} fair", f"{CANARY} works", f"{CANARY} hotel", f"{CANARY} hall", f"{CANARY} prices", f"{CANARY} secret",
    f"{CANARY} copies", f"{CANARY} sold copies",
)  # fmt: skip


@dataclass
class World:
    """Shop B is the one whose rows are asked for; A is the one who asks. `buyer` bought from B."""

    a: Shop
    b: Shop
    buyer: User
    checkout: Checkout
    order: MerchantOrder
    case: AfterSalesCase
    quote: Quote
    known: Mapping[str, Any] = field(default_factory=dict)

    def browser_of(self, caller: str) -> Client:
        """A new browser of somebody who comes to B's addresses and is not B, its buyer or the operator."""
        if caller in {"key of A", "revoked key of B"}:
            shop, scopes = self.a if caller == "key of A" else self.b, list(ApiKey.Scope.values)
            key, secret = create_api_key(merchant=shop.merchant, name=f"{shop.canary} key", scopes=scopes, user=None)
            if shop is self.b:
                revoke_api_key(key_id=key.pk, merchant=shop.merchant, at=timezone.now())
            return Client(headers={"Authorization": f"Bearer {secret}"})
        client = Client()
        if caller != "guest":
            client.force_login(self._people(caller))
        return client

    def _people(self, caller: str) -> User:
        if caller == "owner of A":
            return self.a.owner
        known = User.objects.filter(name=caller).first()
        return known or _person(caller, self.a)

    def url(self, route: Route) -> str:
        """The address of a route, with B's rows in it where it asks for rows."""
        path = route.pattern
        for name in route.parameters:
            path = _filled(path, name, str(self._value(route, name)))
        return path.replace("^.*$", "nowhere").replace("^", "").replace("$", "")

    def _value(self, route: Route, name: str) -> Any:
        if route.name.startswith(("admin:", "merchant:")) or route.pattern.startswith(("/admin/", "/merchant/")):
            return self._row_of(route) if name not in {"app_label", "content_type_id", "url"} else {"app_label": "orders"}.get(name, "1")
        for start, values in self.known.items():
            if route.pattern.startswith(start) and name in values:
                return values[name]
        return uuid7()

    def _row_of(self, route: Route) -> Any:
        name = route.name.split(":")[-1] or route.pattern.split("/", 2)[-1].replace("/", "_")
        models_ = [model for model in apps.get_models() if name.startswith(f"{_label(model)}_")]
        owner = max(models_, key=lambda model: len(_label(model)), default=Product)
        return _rows_of(owner, self.b).values_list("pk", flat=True).order_by("pk").first() or uuid7()


def _filled(path: str, name: str, value: str) -> str:
    before, found, rest = path.partition(f"<{name}>") if f"<{name}>" in path else path.partition(f":{name}>")
    if before.endswith("(?P"):  # a group of a regular expression ends with its own bracket
        return before.removesuffix("(?P") + value + rest[_closing(rest) + 1 :]
    return before[: before.rindex("<")] + value + rest if found.startswith(":") else before + value + rest


def _closing(rest: str) -> int:
    depth = 1
    for place_, sign in enumerate(rest):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return place_
    raise ValueError(rest)


def _label(model: type[models.Model]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


def _rows_of(model: type[models.Model], shop: Shop) -> models.QuerySet[Any]:
    fields = {row.name for row in model._meta.get_fields()}
    rows = model._base_manager.all()
    return rows.filter(merchant=shop.merchant.pk) if "merchant" in fields else rows


def _person(caller: str, shop: Shop) -> User:
    user = make_user(email=f"{caller.replace(' ', '.')}@example.com".lower(), name=caller, is_staff=caller.startswith("staff"))
    if caller == "reader of A":
        make_membership(shop.merchant, user, "read_only")
    if caller == "staff for brands":
        user.user_permissions.add(Permission.objects.get(codename="view_brand"))
    return user


def make_world() -> World:
    a, b = make_shop("ANTELOPE"), make_shop(CANARY)
    variant = b.product.variants.get()
    buyer = make_user(email=f"buyer@{CANARY.lower()}.example", name=f"{CANARY} buyer")
    address = make_address(buyer, name=f"{CANARY} buyer", address=f"{CANARY} lane 2", city=f"{CANARY}burg")
    walk = order_up_to("completed", variants=[variant], user=buyer)
    line = walk.order.lines.get()
    review = review_line(order_line_id=line.pk, user_id=buyer.pk, stars=4, text=f"{CANARY} is warm.", language="en", at=timezone.now())
    case = open_case(walk.order, kind="return", reason="faulty", text=f"{CANARY} secret")
    unpaid = place(make_cart(variant, user=buyer), user=buyer, buyer=make_buyer(buyer, name=f"{CANARY} buyer"))
    quote = ask_for_quote(user=buyer, variant_id=variant.pk, quantity=20, message=f"{CANARY} fair", at=timezone.now())
    paper = issue_invoice(order_id=walk.order.pk, at=timezone.now())
    assert pay(unpaid).status == "paid"
    number = walk.checkout.number
    known = {
        "/account/addresses/": {"address_id": address.pk},
        "/account/reviews/": {"review_id": review.pk},
        "/orders/": {"number": number, "paper_id": paper.pk, "line_id": line.pk, "token": "x"},
        "/pay/": {"number": unpaid.number},
        "/cases/": {"number": case.number, "photo_id": uuid.uuid4(), "action": "withdraw"},
        "/quotes/": {"quote_id": quote.pk, "action": "accept"},
        "/api/v1/orders/": {"pk": b.to_ship.pk},
        "/api/v1/shipments/": {"pk": b.shipped.pk},
        "/api/v1/stock/": {"pk": b.stock.pk},
        "/api/v1/payout-statements/": {"pk": b.statement.pk},
        "/api/v1/cases/": {"pk": b.case.pk},
        "/api/v1/reviews/": {"pk": b.review.pk},
        "/api/v1/price-lists/": {"pk": b.merchant.pricelist_set.first().pk if hasattr(b.merchant, "pricelist_set") else uuid7()},
        "/api/v1/products/": {"slug": b.draft.slug},
        "/api/v1/shops/": {"slug": b.merchant.slug},
        "/p/": {"slug": b.draft.slug},
        "/s/": {"slug": b.merchant.slug},
        "/": {"slug": b.draft.slug, "code": "en", "section": "products", "kind": "review", "action": "remove", "gateway": "nobody",
              "token": "no-such-token", "path": "products/none/1.webp", "key": "none", "uidb36": "1", "variant_id": variant.pk,
              "product_id": b.draft.pk},
    }  # fmt: skip
    return World(a, b, buyer, walk.checkout, walk.order, case, quote, known)
