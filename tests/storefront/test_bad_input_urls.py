"""Broken addresses, forged forms and wrong methods, tried on every page that the URL configuration knows: a refusal, never a 5xx."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID, uuid4

import pytest
from django.test import Client

from accounts.models import User
from orders.models import OrderLine
from tests.factories.accounts import PASSWORD, make_user
from tests.snapshot import snapshot
from tests.storefront.pages import ENTRANCE, Address, addresses
from tests.walkthrough import Walk, order_up_to

NASTY = [
    "\0",
    "a\0b",
    "..",
    "../../etc/passwd",
    "'",
    '"><script>alert(1)</script>',
    "0",
    "-1",
    "1e9",
    "1" * 5000,
    "九",
    "\u202e",
    "%s%n",
    "{{7*7}}",
    " ",
    "None",
    "00000000-0000-0000-0000-000000000000",
    "urn:uuid:00000000-0000-0000-0000-000000000000",
    str(UUID(int=2**128 - 1)) + "x",
]
# Already encoded: bytes that are no UTF-8, a lone surrogate, an encoded slash, a doubly encoded NUL.
RAW = ["%FF", "%ED%A0%80", "%2F%2Fevil.example", "%2500"]
# For every page and form at once, one of each kind is enough.
SOME = ["a\0b", '"><script>alert(1)</script>', "-1", "1" * 5000, "00000000-0000-0000-0000-000000000000"]
QUERY = ["q", "sort", "min", "max", "in_stock", "condition", "page", "v", "t", "stars", "next", "to", "p"]
FIELDS = [
    "variant", "quantity", "to", "then", "set", "email", "name", "phone", "address", "city", "postcode", "country", "points", "gateway",
    "key", "seen_total", "decision", "stars", "text", "language", "is_default", "login", "password", "password1", "next", "action",
]  # fmt: skip
EVERY = list(addresses())
# A question may be asked in any words, so it would be one more; test_questions.py tries the strange ones.
OPEN = [address for address in EVERY if not address.route.startswith(ENTRANCE) and address.name != "questions"]
POST_ONLY = (
    "cart-add",
    "cart-prices",
    "cart-line",
    "pay-cancel",
    "receipt",
    "order-cancel",
    "review",
    "address-delete",
    "review-helpful",
    "answer-helpful",
    "quote-act",
    "company-invite",
    "company-withdraw",
    "company-colleague",
    "company-leave",
    "trade-act",
)
POST_ONLY += ("heart", "wish", "wishlist-new", "wishlist-change", "recent-seen", "recent-clear", "sell-withdraw")
GET_ONLY = (
    "home", "categories", "category", "search", "product", "shop", "cart", "pay-return", "orders", "order", "confirmation", "points",
    "help", "language", "theme", "mailbox", "mail", "mail-html", "sitemap", "sitemap-section", "media", "robots",
    "paper", "stripe", "mine", "wishlist", "wishlist-ask", "wishlist-shared", "compare", "compare-change", "compare-tray",
    "recent", "recent-rail", "cart-mini", "brand", "brands", "shop-policies", "shop-ratings", "quote", "quotes", "trade-accounts",
    "sell", "sell-document",
)  # fmt: skip
ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "/\t/evil.example",
    " //evil",
]


@pytest.fixture
def member(db: None) -> User:
    return make_user()


@pytest.fixture
def walk(member: User) -> Walk:
    """A member's completed purchase: its pages exist."""
    return order_up_to("completed", user=member)


@pytest.fixture(params=["guest", "member"])
def visitor(request: pytest.FixtureRequest, walk: Walk, member: User) -> Client:
    client = Client(raise_request_exception=False)
    if request.param == "member":
        client.force_login(member)
    return client


def real(address: Address, walk: Walk) -> str:
    """The address with parameters that exist, as far as one word for all of them can."""
    words = {
        "category": walk.order.lines.get().product.category.slug,
        "product": walk.order.lines.get().product.slug,
        **dict.fromkeys(("shop", "shop-policies", "shop-ratings", "shop-follow"), walk.order.merchant.slug),
        "language": "en",
        "sitemap-section": "products",
        **dict.fromkeys(("reviews", "review-shown", "questions", "question"), walk.order.lines.get().product.slug),
        "report": "review",
        "receipt": walk.order.number,
        **dict.fromkeys(("mfa_remove_webauthn", "mfa_edit_webauthn"), "1"),
        "order-cancel": walk.order.number,
        **dict.fromkeys(
            (
                "mail",
                "mail-html",
                "sandbox",
                "stripe",
                "cart-line",
                "address",
                "address-delete",
                "heart",
                "wish",
                "wishlist-change",
                "alert",
                "quote",
                "quote-act",
                "company-withdraw",
                "company-colleague",
                "trade-act",
                "sell-document",
            ),
            str(uuid4()),
        ),
        **dict.fromkeys(
            ("own-review-edit", "own-review-add", "own-review-delete", "review-helpful", "review-photo", "answer-helpful"), str(uuid4())
        ),
    }
    if address.name == "media":
        return "/media/products/x/160.webp"
    path = address.route.replace("<>", words.get(address.name, walk.checkout.number), 1)
    return "/" + path.replace("<>", str(walk.order.lines.get().pk))


def paths(names: Collection[str], walk: Walk) -> list[tuple[str, str]]:
    """Names of addresses with a path of each."""
    return [(address.name, real(address, walk)) for address in EVERY if address.name in names]


def test_no_address_breaks_whatever_stands_in_it(walk: Walk, member: User) -> None:
    visitor = Client(raise_request_exception=False)
    visitor.force_login(member)
    before = snapshot()

    broken = []
    for address in (address for address in EVERY if address.parameters):
        for path in (*map(address.quoted, NASTY), *map(address.fill, RAW)):
            # Refusals that htmx asks for are short: hundreds of whole pages would take half a minute.
            answer = visitor.post(path) if address.name in POST_ONLY else visitor.get(path, headers={"HX-Request": "true"})
            if not 200 <= answer.status_code < 500:
                broken.append((address.name, path[:80], answer.status_code))

    assert broken == []
    assert snapshot() == before


def test_no_page_breaks_whatever_is_asked_of_it(visitor: Client, walk: Walk) -> None:
    before = snapshot()

    broken = []
    for address in EVERY:
        for word in SOME:
            answer = visitor.get(real(address, walk), dict.fromkeys(QUERY, word))
            if not 200 <= answer.status_code < 500:
                broken.append((address.name, word[:40], answer.status_code))

    assert broken == []
    assert snapshot() == before


def test_no_form_breaks_whatever_is_sent_to_it(visitor: Client, walk: Walk) -> None:
    visitor.post("/cart/add/", {"variant": walk.order.lines.get().variant_id, "quantity": "1"})
    before = snapshot()

    broken = []
    for address in OPEN:
        for word in SOME:
            answer = visitor.post(real(address, walk), {**dict.fromkeys(FIELDS, word), **dict.fromkeys(_review_fields(walk), word)})
            if not 200 <= answer.status_code < 500:
                broken.append((address.name, word[:40], answer.status_code))

    assert broken == []
    assert snapshot() == before


def _review_fields(walk: Walk) -> list[str]:
    return [
        f"{line.pk}-{name}"
        for line in OrderLine.objects.filter(order__checkout=walk.checkout)
        for name in ("stars", "text", "service", "fit")
    ]


def test_what_changes_something_cannot_be_got(walk: Walk, member: User, client: Client) -> None:
    client.force_login(member)
    before = snapshot()

    methods = ("GET", "HEAD", "PUT", "PATCH", "DELETE")
    statuses = {name: {client.generic(method, path).status_code for method in methods} for name, path in paths(POST_ONLY, walk)}

    assert statuses == {name: {405} for name in POST_ONLY}
    assert snapshot() == before


def test_what_only_shows_takes_nothing(walk: Walk, member: User, client: Client) -> None:
    client.force_login(member)
    before = snapshot()

    methods = ("POST", "PUT", "PATCH", "DELETE")
    statuses = {name: {client.generic(method, path).status_code for method in methods} for name, path in paths(GET_ONLY, walk)}

    assert statuses == {name: {405} for name in GET_ONLY}
    assert snapshot() == before


POSTED = [address.name for address in EVERY if address.name not in GET_ONLY and not address.name.startswith("account_")]


def test_a_form_that_does_not_come_from_our_page_is_refused(walk: Walk, member: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)
    before = snapshot()

    answers = {name: client.post(path, dict.fromkeys(FIELDS, "1")) for name, path in paths(POSTED, walk)}

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(POSTED, 403)
    assert all("This form was open too long" in answer.content.decode() for answer in answers.values())
    assert snapshot() == before


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_away_after_choosing_or_signing_in(db: None, client: Client, target: str) -> None:
    user = make_user()

    chosen = [client.get(path, {"next": target}) for path in ("/language/en/", "/theme/")]
    shown = client.get("/sign-in/", {"next": target})
    signed_in = client.post("/sign-in/", {"login": user.email, "password": PASSWORD, "next": target})

    assert [answer["Location"] for answer in chosen] == ["/", "/"]
    assert 'href="javascript:' not in shown.content.decode()
    assert "//evil" not in signed_in["Location"]
    assert signed_in["Location"].startswith("/account/")
